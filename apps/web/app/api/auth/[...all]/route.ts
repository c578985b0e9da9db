import { sharedRuntime } from "../../../../runtime/global-runtime.ts";

/** For hosts that run only Next; `server.ts` answers before Next does. */
async function handle(request: Request): Promise<Response> {
  const { auth } = await sharedRuntime();
  return auth.handler(request);
}

export { handle as GET, handle as POST };
