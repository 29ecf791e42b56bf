import { quoteName, type Table } from '../demo/tables.ts';
import type { Request } from './request.ts';

const name = (identifier: string) =>
  /^[a-z_]\w*$/i.test(identifier) ? identifier : quoteName(identifier);

/** The column that tells when a row came: the first that is named like a date, or the first of all. */
const timeColumn = ({ columns }: Table): string =>
  columns.find((column) => /(_on|_at|date)$/i.test(column)) ?? columns[0] ?? 'rowid';

export const countSql = (table: Table): string =>
  `SELECT COUNT(*) AS ${name(table.name)} FROM ${name(table.name)}`;

export function rowsSql(
  table: Table,
  { order, limit }: Extract<Request, { kind: 'rows' }>,
): string {
  const direction = order === 'latest' ? 'DESC' : 'ASC';
  const ordering = order === 'any' ? '' : ` ORDER BY ${name(timeColumn(table))} ${direction}`;
  return `SELECT * FROM ${name(table.name)}${ordering} LIMIT ${limit}`;
}

/** The table that a word of the message means: its name, or its name in the singular, in any case. */
export function findTable(tables: readonly Table[], word: string): Table | undefined {
  const wanted = word.toLowerCase();
  return tables.find(({ name }) => [wanted, `${wanted}s`].includes(name.toLowerCase()));
}
