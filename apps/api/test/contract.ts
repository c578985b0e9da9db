import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import * as z from "zod";
import { createOpenapiDocument } from "../src/openapi.ts";
import type { Answer, Sent } from "./api-server.ts";

const schema = z.custom<Parameters<typeof z.fromJSONSchema>[0]>();
const documentShape = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        responses: z.record(
          z.string(),
          z.object({
            headers: z
              .record(z.string(), z.object({ required: z.boolean().default(false), schema }))
              .default({}),
            content: z.record(z.string(), z.object({ schema })).optional(),
          }),
        ),
      }),
    ),
  ),
});

const document = await dereferenced();

/** Holds an answer against what the OpenAPI document says, in every mode, of its route, method and status. */
export function assertDocumented({ method = "GET", path }: Sent, answer: Answer): void {
  assert.ok(answer.headers["x-request-id"], "an answer without a request id");
  assert.equal(answer.headers["cache-control"], "no-store");
  assert.equal(answer.headers["x-content-type-options"], "nosniff");
  if (method === "OPTIONS" || answer.status === 405) return;
  const operation = operationFor(method === "HEAD" ? "GET" : method, path);
  if (operation === undefined) return;
  const response = operation.responses[answer.status];
  assert.ok(response, `${method} ${path} answered ${answer.status}, which is not documented`);
  for (const [name, { required, schema }] of Object.entries(response.headers)) {
    const value = answer.headers[name.toLowerCase()];
    assert.ok(value !== undefined || !required, `${answer.status} without ${name}`);
    if (value !== undefined) z.fromJSONSchema(schema).parse(value);
  }
  const [contentType] = Object.keys(response.content ?? {});
  if (method === "HEAD" || contentType === undefined) {
    assert.equal(answer.text, "");
    return;
  }
  assert.equal(answer.headers["content-type"], contentType);
  z.fromJSONSchema(response.content?.[contentType]?.schema ?? false).parse(answer.json);
}

function operationFor(method: string, path: string) {
  const [pathname = ""] = path.split("?");
  const template = Object.keys(document.paths).find((candidate) =>
    new RegExp(`^${candidate.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname),
  );
  return template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
}

async function dereferenced() {
  const validator = new Validator();
  const { valid, errors } = await validator.validate({ ...createOpenapiDocument("session") });
  assert.ok(valid, JSON.stringify(errors));
  return documentShape.parse(validator.resolveRefs());
}
