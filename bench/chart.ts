import { milliseconds, wholeNumber } from "./format.ts";
import type { RowSummary } from "./summary.ts";

const rowHeight = 26;
const labelWidth = 320;
const barsWidth = 460;
const valueWidth = 200;
const top = 56;

const colours = { unchecked: "#9aa4b2", token: "#7c6fd0", session: "#2f7fb8", ours: "#1f9d55" };

/** Requests per second at 50 connections, as an SVG: bars for medians, lines for quartiles. */
export function chart(summaries: readonly RowSummary[]): string {
  const rows = summaries.filter(
    ({ connections, row }) => connections === 50 && !row.includes("in process"),
  );
  const most = Math.max(...rows.map(({ requestsPerSecond }) => requestsPerSecond.upperQuartile));
  const x = (value: number) => Math.round(labelWidth + (value / most) * barsWidth);
  const width = labelWidth + barsWidth + valueWidth;
  const height = top + rows.length * rowHeight + 16;
  const bars = rows.map(
    ({ row, requestsPerSecond: { median, lowerQuartile, upperQuartile }, p95Ms }, index) => {
      const y = top + index * rowHeight;
      const middle = y + rowHeight / 2;
      return [
        `<text x="${labelWidth - 10}" y="${middle + 4}" text-anchor="end">${escapeXml(row)}</text>`,
        `<rect x="${labelWidth}" y="${y + 4}" width="${x(median) - labelWidth}" height="${rowHeight - 8}" rx="2" fill="${colourOf(row)}"/>`,
        `<path d="M${x(lowerQuartile)} ${middle}H${x(upperQuartile)}" stroke="#1b1f24" stroke-width="2"/>`,
        `<text x="${x(upperQuartile) + 10}" y="${middle + 4}">${wholeNumber(median)} <tspan fill="#59636e">P95 ${milliseconds(p95Ms.median)} ms</tspan></text>`,
      ].join("\n");
    },
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="#1b1f24" role="img" aria-label="Requests per second at 50 connections, by check">
<rect width="${width}" height="${height}" rx="8" fill="#fff"/>
<text x="20" y="30" font-size="16" font-weight="600">Requests per second at 50 connections, by what checks them</text>
${bars.join("\n")}
</svg>
`;
}

function colourOf(row: string): string {
  if (row.includes("sallyport")) return colours.ours;
  if (row.startsWith("token")) return colours.token;
  return row.startsWith("session") ? colours.session : colours.unchecked;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
