import { resultsOf, type ScriptContext } from 'longrun/scripted-model';
import { DeletedTable } from '../demo/delete-table.ts';
import { TableList } from '../ops-tools.ts';

/** Up to three questions about tables that the transcript says are there. */
export function followUpQuestions(prompt: ScriptContext['prompt']): readonly string[] {
  const [first, second] = knownTables(prompt);
  return [
    ...(first ? [`How many ${first} are there?`] : []),
    ...(second ? [`Show the ten latest ${second}.`] : []),
    'Which tables are there?',
  ];
}

function knownTables(prompt: ScriptContext['prompt']): readonly string[] {
  let known: readonly string[] = [];
  for (const { value } of resultsOf(prompt)) {
    const list = TableList.safeParse(value);
    const deleted = DeletedTable.safeParse(value);
    if (list.success) known = list.data.tables.map(({ name }) => name);
    if (deleted.success) known = known.filter((name) => name !== deleted.data.deleted);
  }
  return known;
}
