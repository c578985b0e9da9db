import { type Kysely, type RawBuilder, sql, type Transaction } from "kysely";

const CHUNK_ROWS = 1_000;

/**
 * Copies all rows of `table`, a chunk in memory at a time. They travel as PostgreSQL's own JSON and
 * are never parsed here: a JavaScript Date would lose microseconds, a number its last digits.
 */
export async function copyTable(
  table: RawBuilder<unknown>,
  source: Kysely<unknown>,
  target: Transaction<unknown>,
): Promise<void> {
  await source.transaction().execute(async (transaction) => {
    await sql`
      declare every_row no scroll cursor for select to_json(r)::text as row from ${table} r`.execute(
      transaction,
    );
    for (;;) {
      const { rows } = await sql<{ row: string }>`
        fetch ${sql.lit(CHUNK_ROWS)} from every_row`.execute(transaction);
      if (rows.length === 0) return;
      const json = `[${rows.map(({ row }) => row).join(",")}]`;
      await sql`
        insert into ${table} overriding system value
        select * from json_populate_recordset(null::${table}, ${json}::json)`.execute(target);
    }
  });
}
