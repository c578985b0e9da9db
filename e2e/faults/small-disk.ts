import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { freePorts } from "../../scripts/port.ts";
import { startSystem } from "../../scripts/system.ts";
import { ask } from "./ask.ts";
import type { Fault } from "./faults.ts";
import { signUpUsers } from "./users.ts";

const diskMegabytes = 256;
const page = z.object({
  tasks: z.array(z.object({ title: z.string() })),
  next_cursor: z.string().nullable(),
});

/** The system as `npm start` runs it, with both embedded databases on a disk that can be filled. */
export async function startOnSmallDisk() {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${diskMegabytes}m`, "tmpfs", folder]);
  const unmount = () => {
    execFileSync("umount", ["--lazy", folder]);
    rmSync(folder, { recursive: true });
  };
  const [webPort = 0, apiPort = 0] = await freePorts(2);
  const system = await startSystem({
    mode: "start",
    webPort,
    apiPort,
    dataDir: join(folder, "data"),
    env: { PATH: process.env.PATH, HOST: "127.0.0.1", LOG_LEVEL: "error" },
    onDeath: (line) => {
      throw new Error(line);
    },
  }).catch((cause) => {
    unmount();
    throw cause;
  });
  const filler = join(folder, "filler");
  const users = await signUpUsers(system.webUrl, system.webUrl, 4);
  async function titlesOf(path: string, cookie: string, cursor = ""): Promise<string[]> {
    const answer = await ask(`${system.apiUrl}${path}${cursor}`, { headers: { cookie } });
    const { tasks, next_cursor } = page.parse(JSON.parse(answer.text));
    const titles = tasks.map(({ title }) => title);
    const rest = next_cursor === null ? [] : await titlesOf(path, cookie, `&cursor=${next_cursor}`);
    return [...titles, ...rest];
  }

  return {
    ...system,
    users,
    async fill(): Promise<void> {
      const { bavail, bsize } = await statfs(folder);
      writeFileSync(filler, Buffer.alloc(bavail * bsize));
    },
    makeRoom: () => rmSync(filler),
    async storedTitles(): Promise<string[]> {
      const lists = users.map(({ userId, cookie }) =>
        titlesOf(`/api/${userId}/tasks?limit=100`, cookie),
      );
      return (await Promise.all(lists)).flat();
    },
    async stop(): Promise<void> {
      await system.stop();
      unmount();
    },
  };
}

export const diskFaults: Fault<Awaited<ReturnType<typeof startOnSmallDisk>>>[] = [
  {
    name: "The disk of the embedded databases is full for 30 s",
    lastsMs: 30_000,
    inject: ({ fill }) => fill(),
    mend: ({ makeRoom }) => makeRoom(),
  },
];
