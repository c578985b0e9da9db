import * as z from "zod";
import type { ZodOpenApiResponseObject } from "zod-openapi";

const everyAnswer = {
  "X-Request-Id": z
    .string()
    .meta({ description: "The request's own, where it sent a usable one." }),
  "Cache-Control": z.literal("no-store"),
  "X-Content-Type-Options": z.literal("nosniff"),
};

const problem = z
  .object({
    type: z.url(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    error_code: z.string(),
    message: z.string(),
    request_id: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: "Which fields or query parameters are wrong, with status 422." }),
  })
  .meta({ id: "Problem", description: "RFC 9457" });

export function json(
  description: string,
  schema: z.ZodType,
  headers: Record<string, z.ZodType> = {},
): ZodOpenApiResponseObject {
  return {
    description,
    headers: z.object({ ...everyAnswer, ...headers }),
    content: { "application/json": { schema } },
  };
}

export function refusal(
  description: string,
  headers: Record<string, z.ZodType> = {},
): ZodOpenApiResponseObject {
  return {
    description,
    headers: z.object({ ...everyAnswer, ...headers }),
    content: { "application/problem+json": { schema: problem } },
  };
}

export const retryAfter = { "Retry-After": z.string().meta({ description: "Whole seconds" }) };

export const gone: ZodOpenApiResponseObject = {
  description: "It is gone",
  headers: z.object(everyAnswer),
};
