import pg from "pg";

/**
 * Connects only to a server that proves, bound to this very TLS connection, that it knows the
 * password (SCRAM-SHA-256-PLUS, RFC 5802 6). By itself pg does without where a server offers less.
 */
export class ChannelBoundClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super({ ...config, enableChannelBinding: true });
    let isProven = false;
    // These listeners come before pg's own: once the stream is destroyed, no password is sent.
    const { connection } = this;
    const refuse = () => {
      // It may have come in one piece with what refuses it.
      connection.removeAllListeners("readyForQuery");
      connection.stream.destroy(
        new Error("DATABASE_URL has channel_binding=require, and the server does not offer it"),
      );
    };
    connection.on("authenticationSASL", ({ mechanisms }: { mechanisms: string[] }) => {
      if (!mechanisms.includes("SCRAM-SHA-256-PLUS")) refuse();
    });
    connection.on("authenticationCleartextPassword", refuse);
    connection.on("authenticationMD5Password", refuse);
    // Here the server's proof has come; pg fails the connection if it is wrong.
    connection.on("authenticationSASLFinal", () => {
      isProven = true;
    });
    connection.on("authenticationOk", () => {
      if (!isProven) refuse();
    });
  }
}
