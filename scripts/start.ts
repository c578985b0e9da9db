import { launch } from "./launch.ts";

await launch({
  mode: "start",
  onDeath(line, stop) {
    console.error(`${line}\nStopping everything.`);
    stop(1);
  },
});
