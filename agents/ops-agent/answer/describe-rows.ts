import type { QueryResult } from '../demo/query.ts';
import type { Table } from '../demo/tables.ts';

type Cell = QueryResult['rows'][number][number];

const cell = (value: Cell): string =>
  value === null ? '' : String(value).replaceAll('|', '\\|').replaceAll(/\r?\n/g, ' ');

const line = (cells: readonly Cell[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** The rows as a Markdown table; a single value as a sentence. */
export function describeRows({ columns, rows, isCut }: QueryResult): string {
  const [first, ...others] = rows;
  if (!first) return 'There are no such rows.';
  const [value = null, ...furtherValues] = first;
  if (others.length === 0 && furtherValues.length === 0) return `${columns[0]}: **${cell(value)}**`;
  const table = [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
  return isCut ? `${table}\n\nThese are the first ${rows.length} rows; there are more.` : table;
}

export const describeTables = (tables: readonly Table[]): string =>
  tables.length === 0
    ? 'There are no tables.'
    : tables
        .map(
          ({ name, rowCount, columns }) => `- **${name}**, ${rowCount} rows: ${columns.join(', ')}`,
        )
        .join('\n');
