import { once } from "node:events";
import * as z from "zod";
import { createGateway } from "../packages/sallyport/src/cli/gateway/gateway.ts";
import { readGatewayConfig } from "../packages/sallyport/src/cli/gateway/options.ts";

/** A process that is `sallyport gateway` in front of a backend. */
process.on("disconnect", () => process.exit());
const [options]: unknown[] = await once(process, "message");
const { authUrl, serviceKey, upstreamUrl } = z
  .object({ authUrl: z.string(), serviceKey: z.string(), upstreamUrl: z.string() })
  .parse(options);

const config = readGatewayConfig(
  ["--auth-url", authUrl, "--owner", "/api/{user_id}/**", "--upstream", upstreamUrl],
  { SALLYPORT_SERVICE_KEY: serviceKey },
);
if (config === undefined) throw new Error("it was asked for help");
const { server } = await createGateway(config, { log: () => {}, isStopping: () => false });
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
if (address === null || typeof address === "string") throw new Error("no port to listen on");
process.send?.({ port: address.port });
