export { requireCookieToReachApi } from "./cookie-reach.ts";
export { type AuthMode, readEnvironment, type Variables, variable } from "./environment.ts";
export { listen } from "./listen.ts";
export { createLog, describeError, type Log } from "./log.ts";
export { runServer } from "./run-server.ts";
