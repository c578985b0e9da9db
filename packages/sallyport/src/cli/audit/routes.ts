import * as z from "zod";
import { marker } from "./case.ts";

/** An operation under one user's path. */
export interface Route {
  method: string;
  /** `{user_id}` is the owner, every other `{…}` an item's id. */
  template: string;
  /** JSON with `marker` in it. */
  body: string | undefined;
}

const ownerName = /^\{(?:user|owner|account)(?:_?id)?\}$/i;

/** Whether the path says whose data it is about. */
export function namesOwner(template: string): boolean {
  return template.split("/").some((segment) => ownerName.test(segment));
}

/** Whether the path also says which item. */
export function namesItem(template: string): boolean {
  return template
    .split("/")
    .some((segment) => /^\{.*\}$/.test(segment) && !ownerName.test(segment));
}

export function fillTemplate(template: string, values: { owner: string; item: string }): string {
  return template
    .split("/")
    .map((segment) => {
      if (ownerName.test(segment)) return encodeURIComponent(values.owner);
      return /^\{.*\}$/.test(segment) ? encodeURIComponent(values.item) : segment;
    })
    .join("/");
}

/** What a collection usually offers, where no document says. */
export function usualRoutes(path: string): Route[] {
  const body = JSON.stringify({ title: marker });
  const item = `${path}/{item_id}`;
  return [
    { method: "GET", template: path, body: undefined },
    { method: "POST", template: path, body },
    { method: "GET", template: item, body: undefined },
    { method: "PUT", template: item, body },
    { method: "PATCH", template: item, body },
    { method: "DELETE", template: item, body: undefined },
  ];
}

const operation = z.looseObject({
  requestBody: z
    .looseObject({
      content: z.record(z.string(), z.looseObject({ schema: z.unknown().optional() })).optional(),
    })
    .optional(),
});
const document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

const methods = ["get", "post", "put", "patch", "delete"];

/** The routes of an OpenAPI document (3.x, JSON) that name an owner. Throws on what is none. */
export function documentedRoutes(openapi: unknown): Route[] {
  const { paths } = document.parse(openapi);
  return Object.entries(paths)
    .filter(([template]) => namesOwner(template))
    .flatMap(([template, operations]) =>
      methods
        .filter((method) => Object.hasOwn(operations, method))
        .map((method): Route => {
          const { requestBody } = operation.parse(operations[method]);
          const schema = requestBody?.content?.["application/json"]?.schema;
          const body = schema === undefined ? undefined : JSON.stringify(sample(schema, openapi));
          return { method: method.toUpperCase(), template, body };
        }),
    );
}

const schemaShape = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  enum: z.array(z.unknown()).optional(),
  format: z.string().optional(),
  example: z.unknown().optional(),
  allOf: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
});

const maxDepth = 8;

/** A value of the schema; each plain text in it is the marker. */
function sample(schema: unknown, root: unknown, depth = 0): unknown {
  const parsed = schemaShape.safeParse(schema);
  if (!parsed.success || depth > maxDepth) return marker;
  const { data } = parsed;
  const inner = (other: unknown) => sample(other, root, depth + 1);
  if (data.$ref !== undefined) return inner(resolve(data.$ref, root));
  if (data.allOf) return Object.assign({}, ...data.allOf.map(inner));
  const [choice] = data.anyOf ?? data.oneOf ?? [];
  if (choice !== undefined) return inner(choice);
  if (data.enum) return data.enum[0];
  const [type] = [data.type].flat();
  if (data.properties) {
    const { properties, required = [] } = data;
    // Without required ones a change still has to change something.
    const names = required.length > 0 ? required : Object.keys(properties).slice(0, 1);
    return Object.fromEntries(names.map((name) => [name, inner(properties[name])]));
  }
  if (type === "boolean") return true;
  if (type === "array") return [];
  if (type === "object") return {};
  if (type === "number" || type === "integer") return data.example ?? 1;
  return data.format === undefined ? marker : (data.example ?? marker);
}

function resolve(reference: string, root: unknown): unknown {
  return reference
    .replace(/^#\//, "")
    .split("/")
    .reduce<unknown>(
      (holder, name) =>
        typeof holder === "object" && holder !== null ? Reflect.get(holder, name) : undefined,
      root,
    );
}
