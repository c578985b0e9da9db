export {
  type FakeBetterAuth,
  type FakeBetterAuthOptions,
  type FakeSession,
  fakeBetterAuth,
  type SeenRequest,
  unresolvableUrl,
} from "./testing/fake-better-auth.ts";
export type { FakeUser } from "./testing/fake-sessions.ts";
export { type Fault, faults } from "./testing/faults.ts";
export { type Route, unprotectedRoutes } from "./testing/unprotected-routes.ts";
