import { protect } from "sallyport/next";
import { guard } from "../../../../../guard.ts";

type Params = { user_id: string; path: string[] };

export const GET = protect<Params>(guard, async (_, { params }) => Response.json(await params), {
  owner: "user_id",
});

/** A mistake: a list of segments is nobody's id. */
export const POST = protect<Params>(guard, () => new Response("anyone's"), { owner: "path" });
