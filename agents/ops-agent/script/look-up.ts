import type { ScriptedResult, ScriptedTurn } from 'longrun/scripted-model';
import { describeRows } from '../answer/describe-rows.ts';
import { QueryResult } from '../demo/query.ts';
import type { Request } from '../request/request.ts';
import { countSql, findTable, rowsSql } from '../request/to-sql.ts';
import { callListTables, callQuery, describeFailure, describeMissing, tablesIn } from './calls.ts';

type LookUp = Extract<Request, { kind: 'count' | 'rows' }>;

/** Answers a question about a table: first which tables there are, then a query. */
export function lookUp(request: LookUp, results: readonly ScriptedResult[]): ScriptedTurn {
  const failure = results.find(({ outcome }) => outcome !== 'ok');
  if (failure) return { text: describeFailure(failure) };
  const tables = tablesIn(results);
  if (!tables)
    return callListTables(`The user asks about ${request.table}. I look which tables there are.`);
  const table = findTable(tables, request.table);
  if (!table) return { text: describeMissing(request.table, tables) };
  const found = results.flatMap(({ value }) => QueryResult.safeParse(value).data ?? [])[0];
  if (found) return { text: request.kind === 'count' ? describeCount(found) : describeRows(found) };
  const sql = request.kind === 'count' ? countSql(table) : rowsSql(table, request);
  return callQuery(`The table is ${table.name}, so I ask: ${sql}`, sql);
}

const describeCount = ({ columns: [name = 'rows'], rows }: QueryResult): string =>
  `There are **${rows[0]?.[0] ?? 0}** ${name}.`;
