import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import { isUnavailable, sqlState, UnavailableError } from "./unavailable.ts";

/** So many wait for a connection at most: those behind them would only be told later. */
const maxWaiting = 1_000;

/**
 * A pool that uses a connection again only while the server answers on it and means to go on, and
 * that calls it an outage when the server did not answer. By itself pg would reuse a connection
 * that missed its deadline, although the old query still occupies it.
 */
export class TrustworthyPool implements PostgresPool {
  readonly #pool: PostgresPool & { waitingCount: number };
  readonly options: object;

  constructor(pool: PostgresPool & { waitingCount: number }) {
    this.#pool = pool;
    this.options = pool.options;
  }

  async connect(): Promise<PostgresPoolClient> {
    if (this.#pool.waitingCount >= maxWaiting) {
      throw new UnavailableError(`${maxWaiting} others wait for a connection to PostgreSQL`);
    }
    try {
      return new TrustworthyClient(await this.#pool.connect());
    } catch (cause) {
      // Whatever the server says to a connection, a statement has no part in it.
      throw new UnavailableError("No connection to PostgreSQL", { cause });
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

class TrustworthyClient implements PostgresPoolClient {
  readonly #client: PostgresPoolClient;
  #lost: unknown;

  constructor(client: PostgresPoolClient) {
    this.#client = client;
  }

  query<R>(sql: string, parameters: ReadonlyArray<unknown>): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(query: string | PostgresCursor<R>, parameters: ReadonlyArray<unknown> = []) {
    return typeof query === "string" ? this.#run<R>(query, parameters) : this.#client.query(query);
  }

  release(destroy = false): void {
    this.#client.release(destroy || this.#lost !== undefined);
  }

  async #run<R>(sql: string, parameters: ReadonlyArray<unknown>): Promise<PostgresQueryResult<R>> {
    // A rollback would wait behind the query that missed its deadline; closing does the same.
    if (this.#lost !== undefined) throw this.#lost;
    try {
      return await this.#client.query<R>(sql, parameters);
    } catch (cause) {
      const error =
        sqlState(cause) === undefined
          ? new UnavailableError("PostgreSQL did not answer", { cause })
          : cause;
      if (isUnavailable(error)) this.#lost = error;
      throw error;
    }
  }
}
