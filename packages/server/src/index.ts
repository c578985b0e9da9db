export { requireCookieToReachApi } from "./cookie-reach.ts";
export { readEnvironment, type Variables, variable } from "./environment.ts";
export { createLog, describeError, type Log } from "./log.ts";
export { runServer } from "./run-server.ts";
