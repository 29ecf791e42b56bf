import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

export const Table = z.object({
  name: z.string(),
  columns: z.array(z.string()),
  rowCount: z.int(),
});
export type Table = z.infer<typeof Table>;

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The user's tables by name. Names that begin with `_` are the demo's own. */
export function listTables(database: DatabaseSync): Table[] {
  const names = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .all()
    .map((row) => String(row['name']))
    .filter((name) => !/^(_|sqlite_)/i.test(name));
  return names.map((name) => {
    const table = quoteName(name);
    const count = database.prepare(`SELECT COUNT(*) AS count FROM ${table}`).get();
    return {
      name,
      columns: database
        .prepare(`SELECT * FROM ${table}`)
        .columns()
        .map((column) => column.name),
      rowCount: Number(count?.['count']),
    };
  });
}
