import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { metrics } from "@opentelemetry/api";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { createBoundedServer, type Log, listen } from "@sallyport/server";
import { apiProblem } from "./problem.ts";

export interface MetricsOptions {
  host: string;
  /** Zero for any that is free. */
  port: number;
  log: Log;
}

/**
 * Serves what this process measures as Prometheus text under `/metrics`, on a port of its own that
 * need not be public: anyone who reaches it may read.
 */
export async function serveMetrics({ host, port, log }: MetricsOptions) {
  // Not served by the exporter itself, which takes port zero for its default port.
  const exporter = new PrometheusExporter({ preventServerStart: true, withoutTargetInfo: true });
  const server = createBoundedServer(
    (request, response) => {
      const [path] = (request.url ?? "").split("?");
      if (path === "/metrics") exporter.getMetricsRequestHandler(request, response);
      else response.writeHead(404).end();
    },
    {
      refuse(reason) {
        const { status, headers, body } = apiProblem(reason, randomUUID());
        return { status, headers, body: JSON.stringify(body) };
      },
    },
  );
  await listen(server, { name: "api", host, port, portVariable: "METRICS_PORT" });
  const provider = new MeterProvider({ readers: [exporter] });
  metrics.setGlobalMeterProvider(provider);
  log.info({ address: server.address() }, "serving metrics");

  return {
    async close() {
      metrics.disable();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
      await provider.shutdown();
    },
  };
}
