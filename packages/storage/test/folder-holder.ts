// Opens the folder named on the command line, says so, and holds it until killed.
import { openStorage } from "../src/index.ts";

const [dataFolder = ""] = process.argv.slice(2);
await openStorage({ dataFolder, schema: "tasks", migrations: {} });
process.send?.("open");
