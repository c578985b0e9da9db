import { notFound, redirect } from "next/navigation";
import { protect } from "sallyport/next";
import { guard } from "../../../../guard.ts";

export const GET = protect(guard, () => redirect("/healthz"), { owner: "user_id" });
export const POST = protect(guard, () => notFound(), { owner: "user_id" });
