import { isAPIError } from "better-auth/api";
import { requestToResourceInput, verifyAccessTokenRequest } from "better-auth/oauth2";
import { Hono } from "hono";

export function betterAuthOauth2(authUrl: string) {
  const { origin } = new URL(authUrl);
  const app = new Hono();
  app.get("/tasks", async (c) => {
    try {
      const payload = await verifyAccessTokenRequest(requestToResourceInput(c.req.raw), {
        jwksUrl: `${authUrl}/jwks`,
        verifyOptions: { issuer: origin, audience: origin },
      });
      return c.json({ user: payload.sub });
    } catch (error) {
      if (!isAPIError(error)) throw error;
      return Response.json(error.body, { status: error.statusCode });
    }
  });
  return app;
}
