import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import { isUnavailable, sqlState, UnavailableError } from "./unavailable.ts";

/**
 * A pool that uses a connection again only while the server answers on it and means to go on, and
 * that calls it an outage when the server did not answer. By itself pg would reuse a connection
 * that missed its deadline, although the old query still occupies it.
 */
export class TrustworthyPool implements PostgresPool {
  readonly #pool: PostgresPool;
  readonly options: object;

  constructor(pool: PostgresPool) {
    this.#pool = pool;
    this.options = pool.options;
  }

  async connect(): Promise<PostgresPoolClient> {
    try {
      return new TrustworthyClient(await this.#pool.connect());
    } catch (cause) {
      throw outageUnlessAnswered(cause);
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

class TrustworthyClient implements PostgresPoolClient {
  readonly #client: PostgresPoolClient;
  #isTrusted = true;

  constructor(client: PostgresPoolClient) {
    this.#client = client;
  }

  query<R>(sql: string, parameters: ReadonlyArray<unknown>): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(query: string | PostgresCursor<R>, parameters: ReadonlyArray<unknown> = []) {
    return typeof query === "string" ? this.#run<R>(query, parameters) : this.#client.query(query);
  }

  release(destroy = false): void {
    this.#client.release(destroy || !this.#isTrusted);
  }

  async #run<R>(sql: string, parameters: ReadonlyArray<unknown>): Promise<PostgresQueryResult<R>> {
    try {
      return await this.#client.query<R>(sql, parameters);
    } catch (cause) {
      const error = outageUnlessAnswered(cause);
      this.#isTrusted = !isUnavailable(error);
      throw error;
    }
  }
}

function outageUnlessAnswered(cause: unknown): unknown {
  return sqlState(cause) === undefined
    ? new UnavailableError("PostgreSQL did not answer", { cause })
    : cause;
}
