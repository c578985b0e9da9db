import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import * as z from "zod";
import { provideProgram } from "../../scripts/debian-package.ts";
import { rootFolder } from "../../scripts/root-folder.ts";

const read = (file: string) => readFileSync(join(rootFolder, file), "utf8");

const service = z.object({
  image: z.string(),
  user: z.string().optional(),
  build: z.object({ context: z.literal(".."), dockerfile: z.string() }).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  command: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  cap_drop: z.array(z.string()).default([]),
  read_only: z.boolean().default(false),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
const compose = z
  .object({ services: z.record(z.string(), service) })
  .parse(parse(read("deploy/compose.yaml"), { merge: true }));
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);

describe("deploy/compose.yaml", () => {
  test("has two of each app, and what they stand on", () => {
    const names = [
      "api-1",
      "api-2",
      "caddy",
      "certificates",
      "postgres",
      "redis",
      "web-1",
      "web-2",
    ];
    assert.deepEqual(Object.keys(compose.services).sort(), names);
  });

  test("holds no secret: each is a variable without which nothing starts", () => {
    const settings = services.flatMap(([, { environment, command }]) => [
      ...Object.entries(environment),
      ...command.map((value, index) => [command[index - 1] ?? "", value] as const),
    ]);
    const variable = /^\$\{[A-Z_]+:\?\}$/;
    const secrets = settings.filter(([name]) =>
      /(SECRET|PASSWORD|_KEY|_AUTH|--requirepass)$/.test(name),
    );
    assert.ok(secrets.length >= 7);
    for (const [name, value] of secrets) assert.match(value, variable, name);
    const addresses = settings.filter(([, value]) => value.includes("@"));
    assert.ok(addresses.length >= 4);
    for (const [name, value] of addresses) {
      assert.match(/:([^:/]*|\$\{.*?\})@/.exec(value)?.[1] ?? "", variable, name);
    }
  });

  test("gives the secret to web alone, and to the api its key", () => {
    for (const [name, { environment }] of services) {
      assert.equal("BETTER_AUTH_SECRET" in environment, name.startsWith("web"), name);
      assert.equal("SALLYPORT_SERVICE_KEY" in environment, name.startsWith("api"), name);
    }
  });

  test("waits for health, not for a start", () => {
    for (const [name, { depends_on }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const { healthcheck, build } = compose.services[other] ?? {};
        const wanted =
          other === "certificates" ? "service_completed_successfully" : "service_healthy";
        assert.equal(condition, wanted, `${name} on ${other}`);
        if (other !== "certificates") assert.ok(healthcheck ?? build, other);
      }
    }
  });

  test("runs the apps with nothing that they do not need, and publishes the proxy alone", () => {
    for (const [name, { cap_drop, read_only }] of ours) {
      assert.deepEqual(cap_drop, ["ALL"], name);
      assert.ok(read_only, name);
    }
    const published = services.filter(([, { ports }]) => ports.length > 0);
    assert.deepEqual(
      published.map(([name]) => name),
      ["caddy"],
    );
    // The certificates' own service ends before anything listens, and has no network.
    const root = services.filter(([, { build, user }]) => !build && !/^\d+:\d+$/.test(user ?? ""));
    assert.deepEqual(root.map(([name]) => name).sort(), ["caddy", "certificates"]);
  });
});

for (const file of new Set(ours.flatMap(([, { build }]) => build?.dockerfile ?? []))) {
  describe(file, () => {
    const lines = read(file).replaceAll("\\\n", " ").split("\n");
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith("FROM ")));

    test("runs as nobody special, in exec form, and says whether it is ready", () => {
      assert.ok(last.includes("USER node"));
      assert.ok(last.some((line) => /^CMD \["node", "[\w/.]+"\]$/.test(line)));
      assert.ok(last.some((line) => /^HEALTHCHECK .* CMD \["node".*\/readyz/.test(line)));
      assert.ok(!lines.some((line) => /^(ENV|ARG) .*(SECRET|KEY|PASSWORD|URL)/.test(line)));
    });

    test("names only what is there", () => {
      const copied = lines
        .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
        .flatMap((line) => line.split(" ").slice(1, -1));
      const started = /^CMD \["node", "(.+)"\]$/m.exec(last.join("\n"))?.slice(1) ?? [];
      assert.ok(copied.length > 6 && started.length === 1);
      for (const path of [...copied, ...started]) {
        assert.ok(existsSync(join(rootFolder, path)), path);
      }
    });

    test("installs each workspace of the lock, or npm ci refuses", () => {
      const { packages } = JSON.parse(read("package-lock.json"));
      const workspaces = Object.keys(packages).filter((path) =>
        /^(apps|packages)\/[^/]+$/.test(path),
      );
      assert.ok(workspaces.length >= 5);
      for (const path of workspaces)
        assert.ok(lines.includes(`COPY ${path}/package.json ${path}/`), path);
    });
  });
}

test("deploy/Caddyfile is one that Caddy takes, in its own format", () => {
  const caddy = provideProgram("caddy");
  const path = join(rootFolder, "deploy/Caddyfile");
  const env = {
    ...process.env,
    SITE_ADDRESS: "app.example",
    WEB_INSTANCES: "a:3000 b:3000",
    API_INSTANCES: "c:8000",
  };
  const options = { env, encoding: "utf8", stdio: "pipe" } as const;
  const config = execFileSync(
    caddy,
    ["adapt", "--config", path, "--adapter", "caddyfile"],
    options,
  );
  assert.ok(config.includes('"dial":"a:3000"'));
  assert.equal(execFileSync(caddy, ["fmt", path], options), read("deploy/Caddyfile"));
});

test("deploy/env.example names every variable of the compose file, and no value", () => {
  const named = [...read("deploy/env.example").matchAll(/^([A-Z_]+)=(.*)$/gm)];
  const wanted = new Set(
    [...read("deploy/compose.yaml").matchAll(/\$\{([A-Z_]+):\?\}/g)].map(([, name]) => name),
  );
  assert.deepEqual(new Set(named.map(([, name]) => name)), wanted);
  for (const [, name, value] of named) assert.equal(value, "", name);
});
