import type { ScriptedResult, ScriptedTurn } from 'longrun/scripted-model';
import { describeActions } from '../answer/describe-actions.ts';
import type { Table } from '../demo/tables.ts';
import { deleteTableTool, sendEmailTool } from '../ops-tools.ts';
import type { Action } from '../request/request.ts';
import { findTable } from '../request/to-sql.ts';
import { call, callListTables, describeFailure, describeMissing, tablesIn } from './calls.ts';

const effects: ReadonlySet<string> = new Set([deleteTableTool.name, sendEmailTool.name]);

/** The next of several actions. One that is not done ends them: the others may build on it. */
export function act(actions: readonly Action[], results: readonly ScriptedResult[]): ScriptedTurn {
  const tables = tablesIn(results);
  const toDelete = actions.flatMap((action) => (action.kind === 'deleteTable' ? action.table : []));
  if (!tables && toDelete.length > 0) return check(toDelete, results);
  const done = results.filter(({ toolName }) => effects.has(toolName));
  const next = done.every(({ outcome }) => outcome === 'ok') ? actions[done.length] : undefined;
  const attempt = next && callFor(next, tables ?? []);
  return attempt?.turn ?? { text: describeActions(actions, done, attempt?.obstacle) };
}

function check(tables: readonly string[], [failure]: readonly ScriptedResult[]): ScriptedTurn {
  if (failure) return { text: describeFailure(failure) };
  return callListTables(
    `The user wants ${tables.join(' and ')} deleted. I check first whether there is such a table.`,
  );
}

type Attempt =
  | { readonly turn: ScriptedTurn; readonly obstacle?: undefined }
  | { readonly turn?: undefined; readonly obstacle: string };

function callFor(action: Action, tables: readonly Table[]): Attempt {
  if (action.kind === 'sendEmail') {
    const reasoning = `I write to ${action.email.to}. An email cannot be taken back, so a person has to approve it.`;
    return { turn: call(reasoning, sendEmailTool.name, action.email) };
  }
  const table = findTable(tables, action.table);
  if (!table) return { obstacle: describeMissing(action.table, tables) };
  const reasoning = `There is a table ${table.name} with ${table.rowCount} rows. Deleting it cannot be undone, so a person has to approve it.`;
  return { turn: call(reasoning, deleteTableTool.name, { table: table.name }) };
}
