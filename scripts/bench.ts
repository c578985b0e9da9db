import { protectedRoute } from "../bench/protected-route.ts";
import { tokenVerification } from "../bench/token-verification.ts";

await tokenVerification();
await protectedRoute();
