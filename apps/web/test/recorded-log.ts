import { EventEmitter, once } from "node:events";
import { createLog } from "@sallyport/server";

export function createRecordedLog() {
  const lines: string[] = [];
  const written = new EventEmitter();
  const log = createLog("web", "info", {
    write(line) {
      lines.push(line);
      written.emit("line");
    },
  });
  return {
    log,
    lines,
    /** Resolves when so many lines have this text in them. */
    async untilLogged(text: string, times = 1): Promise<void> {
      while (lines.filter((line) => line.includes(text)).length < times) {
        await once(written, "line");
      }
    },
  };
}
