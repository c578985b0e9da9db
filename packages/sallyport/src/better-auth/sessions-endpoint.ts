import { createAuthEndpoint } from "better-auth/api";
import { serviceKeyHeader } from "../core/service-key.ts";
import { createLookUp } from "./look-up.ts";
import { answerLookUps, refuseLookUps } from "./look-up-answer.ts";
import { serviceKeyCheck } from "./service-keys.ts";

export const sessionsPath = "/sallyport/sessions";

/**
 * `POST {auth}/sallyport/sessions`: many sessions in one look-up, for this server's backends. The
 * body is read after the key, and by no one else.
 */
export const sessionsEndpoint = createAuthEndpoint(
  sessionsPath,
  { method: "POST", requireRequest: true, disableBody: true },
  async ({ request, context }) => {
    const isBackend = serviceKeyCheck(context);
    const { status, headers, body } = isBackend(request.headers.get(serviceKeyHeader))
      ? await answerLookUps(
          { hasCookie: request.headers.has("cookie"), body: request.body ?? [] },
          createLookUp(context),
          context.logger,
        )
      : refuseLookUps("service_key_invalid");
    return new Response(body, { status, headers });
  },
);
