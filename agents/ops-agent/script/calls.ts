import type { ScriptedResult, ScriptedTurn } from 'longrun/scripted-model';
import type { Table } from '../demo/tables.ts';
import { TableList } from '../ops-tools.ts';

export const call = (reasoning: string, name: string, input: unknown): ScriptedTurn => ({
  reasoning,
  toolCalls: [{ name, input }],
});

export const callListTables = (reasoning: string): ScriptedTurn =>
  call(reasoning, 'list_tables', {});

export const callQuery = (reasoning: string, sql: string): ScriptedTurn =>
  call(reasoning, 'query', { sql });

/** The tables that list_tables has told; none before it did. */
export const tablesIn = (results: readonly ScriptedResult[]): readonly Table[] | undefined =>
  results.flatMap(({ value }) => TableList.safeParse(value).data ?? [])[0]?.tables;

export const describeMissing = (word: string, tables: readonly Table[]): string =>
  `There is no table **${word}**. There are: ${tables.map(({ name }) => name).join(', ') || 'none'}.`;

/** What to say of a tool that did not do what it was called for. */
export function describeFailure({ outcome, value }: ScriptedResult): string {
  const reason =
    typeof value === 'string' && value.trim() !== '' ? value.trim() : 'no reason given';
  return outcome === 'denied' ? `That was refused: ${reason}` : `That did not work. ${reason}`;
}
