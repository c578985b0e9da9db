import { protect } from "sallyport/next";
import { guard } from "../../../../../guard.ts";

type Params = { user_id: string; path: string[] };

export const GET = protect<Params>(guard, async (_, { params }) => Response.json(await params), {
  owner: "user_id",
});

// @ts-expect-error A list of segments is nobody's id; who is told so and goes on lets nobody in.
export const POST = protect<Params>(guard, () => new Response("anyone's"), { owner: "path" });
