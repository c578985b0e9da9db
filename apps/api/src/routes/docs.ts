import { readFileSync } from "node:fs";
import { Hono } from "hono";
import swaggerUi from "swagger-ui-dist/package.json" with { type: "json" };
import type { ApiEnv } from "../api-env.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";

/** Nothing but what comes from here: no other host, no inline script, no frame around it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // Swagger UI's style sheet brings its icons along.
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Sallyport task api</title>
    <link rel="icon" href="/docs/${swaggerUi.version}/favicon-32x32.png">
    <link rel="stylesheet" href="/docs/${swaggerUi.version}/swagger-ui.css">
    <script src="/docs/${swaggerUi.version}/swagger-ui-bundle.js" defer></script>
    <script src="/docs/start.js" type="module"></script>
  </head>
  <body><main></main></body>
</html>
`;

const script = "text/javascript; charset=utf-8";
const swaggerUiTypes = {
  "swagger-ui-bundle.js": script,
  "swagger-ui.css": "text/css; charset=utf-8",
  "favicon-32x32.png": "image/png",
};

/** Public: a page to try the api in, over its own OpenAPI document. */
export function docsRoutes() {
  const routes = new Hono<ApiEnv>()
    .get("/", (c) =>
      c.html(page, 200, {
        "Content-Security-Policy": policy,
        // The page's own address may name a user.
        "Referrer-Policy": "no-referrer",
      }),
    )
    .all("/", methodNotAllowed("GET, HEAD"));

  function serve(path: string, file: URL, type: string, cacheControl = "no-store"): void {
    const bytes = readFileSync(file);
    routes
      .get(path, (c) => {
        // Given to `body`, it would yield to what is set for every answer.
        c.header("Cache-Control", cacheControl);
        return c.body(bytes, 200, { "Content-Type": type });
      })
      .all(path, methodNotAllowed("GET, HEAD"));
  }
  serve("/start.js", new URL("../../public/docs/start.js", import.meta.url), script);
  const swaggerUiFolder = import.meta.resolve("swagger-ui-dist/package.json");
  for (const [name, type] of Object.entries(swaggerUiTypes)) {
    // The version is in the path, so that what is there never changes.
    const path = `/${swaggerUi.version}/${name}`;
    serve(path, new URL(name, swaggerUiFolder), type, "public, max-age=31536000, immutable");
  }
  return routes;
}
