import { launch } from "./launch.ts";
import { reloadOnChange } from "./reload.ts";

await launch({
  mode: "dev",
  onReady: reloadOnChange,
  onDeath: (line) => console.error(`${line}\nWaiting for a change.`),
});
