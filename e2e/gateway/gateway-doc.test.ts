import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fakeBetterAuth } from "sallyport/testing";
import { rootFolder } from "../../scripts/root-folder.ts";
import { providePython, python } from "./debian-python.ts";
import { startGatewayProcess } from "./gateway-process.ts";

const doc = readFileSync(join(rootFolder, "docs/gateway.md"), "utf8");
const packages = ["python3-jwt", "python3-cryptography"];
const skip = providePython("jwt, cryptography", packages)
  ? false
  : `there is no PyJWT: apt install ${packages.join(" ")}`;

test("docs/gateway.md's Python takes the gateway's assertion, and no other", {
  skip,
}, async (t) => {
  const auth = await fakeBetterAuth();
  t.after(auth.close);
  const [one, other] = [
    await startGatewayProcess(["--auth-url", auth.url]),
    await startGatewayProcess(["--auth-url", auth.url]),
  ];
  t.after(one.kill);
  t.after(other.kill);
  const ada = auth.signIn();
  const headers = { cookie: ada.cookie, "x-original-uri": "/", "x-original-method": "GET" };
  const assertionOf = async ({ origin }: typeof one) =>
    (await fetch(`${origin}/forward-auth`, { headers })).headers.get("x-auth-assertion") ?? "";
  const [, code = ""] = /^```python\n(.*?)^```$/ms.exec(doc) ?? [];
  const verify = async (assertion: string) => {
    const program = `${code}\nimport sys\nprint(user_id(sys.argv[1]))\n`;
    const local = program.replace("http://127.0.0.1:4180", one.origin);
    const child = spawn(python, ["-c", local, assertion], { stdio: ["ignore", "pipe", "ignore"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
    await once(child, "close");
    return output.trim();
  };
  const assertion = await assertionOf(one);
  assert.equal(await verify(assertion), ada.user.id);
  assert.equal(await verify(await assertionOf(other)), "");
  assert.equal(await verify(`${assertion.slice(0, -8)}AAAAAAAA`), "");
});

test("docs/gateway.md names every option and variable that --help does", () => {
  const main = join(rootFolder, "packages/sallyport/dist/cli/main.js");
  const { stdout } = spawnSync(process.execPath, [main, "gateway", "--help"], { encoding: "utf8" });
  const named = stdout.match(/--[a-z-]+|\b[A-Z]+_[A-Z_]+\b/g) ?? [];
  assert.ok(named.length > 10);
  const missing = new Set(named.filter((name) => !doc.includes(name)));
  assert.deepEqual([...missing], []);
});
