import { createMiddleware } from "hono/factory";
import type * as z from "zod";
import type { ApiEnv } from "./api-env.ts";
import { type ApiFailureCode, refuse } from "./problem.ts";
import { fieldErrors } from "./validation.ts";

const MAX_BODY_BYTES = 64 * 1024;

/** Parses the body with `schema` into `c.var.body`. Used behind the guard only: nothing is read before. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return createMiddleware<{ Variables: ApiEnv["Variables"] & { body: z.output<Schema> } }>(
    async (c, next) => {
      const json = await readJson(c.req.raw);
      if (!json.ok) return refuse(c, json.code);
      const body = schema.safeParse(json.value);
      if (!body.success) {
        return refuse(c, "validation_failed", { errors: fieldErrors(body.error) });
      }
      c.set("body", body.data);
      await next();
      return undefined;
    },
  );
}

type Json = { ok: true; value: unknown } | { ok: false; code: ApiFailureCode };

/** The value of a request without a body is undefined. */
async function readJson(request: Request): Promise<Json> {
  const bytes = await readBytes(request);
  if (!bytes.ok) return bytes;
  if (bytes.value.length === 0) return { ok: true, value: undefined };
  if (!isPlainJson(request.headers)) return { ok: false, code: "unsupported_media_type" };
  try {
    return { ok: true, value: JSON.parse(utf8.decode(bytes.value)) };
  } catch {
    return { ok: false, code: "malformed_request" };
  }
}

/** RFC 8259 8.1: JSON is UTF-8; what is not must not be repaired silently. */
const utf8 = new TextDecoder("utf-8", { fatal: true });

function isPlainJson(headers: Headers): boolean {
  const encoding = headers.get("content-encoding") ?? "identity";
  const type = headers.get("content-type") ?? "";
  return (
    /^identity$/i.test(encoding) && /^application\/json *(; *charset="?utf-8"? *)?$/i.test(type)
  );
}

type Bytes = { ok: true; value: Uint8Array } | { ok: false; code: ApiFailureCode };

async function readBytes(request: Request): Promise<Bytes> {
  if (Number(request.headers.get("content-length")) > MAX_BODY_BYTES) {
    return { ok: false, code: "payload_too_large" };
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    // A chunked body does not say how long it is, so it is measured while it is read.
    for await (const chunk of request.body ?? []) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) return { ok: false, code: "payload_too_large" };
      chunks.push(chunk);
    }
  } catch {
    return { ok: false, code: "malformed_request" };
  }
  return { ok: true, value: Buffer.concat(chunks) };
}
