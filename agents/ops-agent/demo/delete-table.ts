import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import { inTransaction } from './demo-database.ts';
import { listTables, quoteName } from './tables.ts';

export const DeletedTable = z.object({ deleted: z.string(), rowCount: z.int() });
export type DeletedTable = z.infer<typeof DeletedTable>;

/**
 * Deletes the table once for each key: the key is stored in the same transaction, so that a repeated
 * call changes nothing and gets the first one's result, wherever the first was interrupted.
 */
export function deleteTable(
  database: DatabaseSync,
  idempotencyKey: string,
  name: string,
): DeletedTable {
  return inTransaction(database, 'IMMEDIATE', () => {
    const earlier = resultOf(database, idempotencyKey);
    if (earlier) return earlier;
    const table = listTables(database).find((candidate) => candidate.name === name);
    if (!table) throw new Error(`There is no table ${name}.`);
    const result = { deleted: name, rowCount: table.rowCount };
    database.exec(`DROP TABLE ${quoteName(name)}`);
    database
      .prepare('INSERT INTO _applied_effects (idempotency_key, result) VALUES (?, ?)')
      .run(idempotencyKey, JSON.stringify(result));
    return result;
  });
}

function resultOf(database: DatabaseSync, idempotencyKey: string): DeletedTable | undefined {
  const row = database
    .prepare('SELECT result FROM _applied_effects WHERE idempotency_key = ?')
    .get(idempotencyKey);
  return row && DeletedTable.parse(JSON.parse(String(row['result'])));
}
