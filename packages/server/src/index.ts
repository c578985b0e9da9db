export { type ConnectionLimits, createBoundedServer } from "./bounded-server.ts";
export { requireCookieToReachApi } from "./cookie-reach.ts";
export { type AuthMode, readEnvironment, type Variables, variable } from "./environment.ts";
export { refuseInsecureProduction } from "./insecure-settings.ts";
export { listen } from "./listen.ts";
export { createLog, describeError, type Log } from "./log.ts";
export { runServer } from "./run-server.ts";
