import { protect } from "sallyport/next";
import { guard } from "../../../../guard.ts";

export const GET = protect(
  guard,
  (request) => Response.redirect(new URL("/healthz", request.url)),
  { owner: "user_id" },
);
