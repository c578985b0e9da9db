import { protect } from "sallyport/next";
import { guard } from "../../../../guard.ts";

export const GET = protect(
  guard,
  () => {
    throw new Error("a bug");
  },
  { owner: "user_id" },
);
