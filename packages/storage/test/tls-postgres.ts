import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startTestPostgres } from "../../../scripts/test-postgres.ts";

/**
 * A PostgreSQL server of its own that takes user `neon`, with password `hush`, over TLS alone and
 * by SCRAM; user `plain` by a clear-text password inside TLS, and user `open` by none. Its
 * certificate is self-signed, for `localhost`.
 */
export async function startTlsPostgres() {
  const server = await startTestPostgres();
  const folder = mkdtempSync(join(tmpdir(), "sallyport-tls-"));
  const certificate = join(folder, "server.crt");
  const key = join(folder, "server.key");
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost"],
      ...["-addext", "subjectAltName=DNS:localhost"],
    ],
    { stdio: "ignore" },
  );
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query<{ data_directory: string }>("show data_directory");
  const data = rows[0]?.data_directory ?? "";
  const { uid, gid } = statSync(data);
  const give = (name: string, content: string | Buffer) => {
    const path = join(data, name);
    writeFileSync(path, content);
    chmodSync(path, 0o600);
    chownSync(path, uid, gid);
  };
  give("server.crt", readFileSync(certificate));
  give("server.key", readFileSync(key));
  give(
    "pg_hba.conf",
    [
      "host all postgres 127.0.0.1/32 trust",
      "hostssl all neon 127.0.0.1/32 scram-sha-256",
      "hostssl all plain 127.0.0.1/32 password",
      "hostssl all open 127.0.0.1/32 trust",
      "",
    ].join("\n"),
  );
  for (const statement of [
    "create role neon login superuser password 'hush'",
    "create role plain login superuser password 'hush'",
    "create role open login superuser",
    "alter system set ssl = on",
    "select pg_reload_conf()",
  ]) {
    await client.query(statement);
  }
  await client.end();
  const { port } = new URL(server.url);
  return {
    /** The file that a client is to trust. */
    certificate,
    /** `host` is `localhost`, as the certificate says, or another name of the same machine. */
    address: (user: string, parameters: Record<string, string>, host = "localhost") =>
      `postgresql://${user}:hush@${host}:${port}/postgres?${new URLSearchParams(parameters)}`,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
