import { betterAuthSession, createGuard } from "sallyport";

// `next build` loads this file too, without the environment of the server that will run.
const {
  AUTH_URL = "http://localhost:3000/api/auth",
  DEADLINE_MS = "1000",
  SERVICE_KEY: serviceKey,
} = process.env;

export const guard = createGuard({
  schemes: [betterAuthSession({ url: AUTH_URL, deadlineMs: Number(DEADLINE_MS), serviceKey })],
});
