import { connect } from "node:net";

/** What the server says to these very bytes, which no HTTP client would send. */
export async function exchangeRaw(port: number, lines: string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.setEncoding("latin1");
  socket.write([...lines, "Connection: close", "", ""].join("\r\n"), "latin1");
  let answer = "";
  socket.on("data", (chunk: string) => {
    answer += chunk;
  });
  await new Promise((resolve) => socket.once("close", resolve));
  return answer;
}
