import type { Script, ScriptContext, ScriptedTurn } from 'longrun/scripted-model';
import { describeRows, describeTables } from '../answer/describe-rows.ts';
import { followUpQuestions } from '../answer/follow-up-questions.ts';
import { help } from '../answer/help.ts';
import { QueryResult } from '../demo/query.ts';
import { readRequest } from '../request/read-request.ts';
import { act } from './act.ts';
import { callListTables, callQuery, describeFailure, tablesIn } from './calls.ts';
import { lookUp } from './look-up.ts';

export const opsScript: Script = (context) => {
  if (context.wantsJson) return { json: { questions: followUpQuestions(context.prompt) } };
  const request = readRequest(context.message);
  switch (request.kind) {
    case 'act':
      return act(request.actions, context.results);
    case 'count':
    case 'rows':
      return lookUp(request, context.results);
    case 'sql':
      return answer(context) ?? callQuery('This is SQL, so I run it as it is.', request.sql);
    case 'tables':
      return answer(context) ?? callListTables('The user wants to know which tables there are.');
    case 'unclear':
      return { text: request.ask ? `${request.ask}\n\n${help}` : help };
  }
};

/** What the one tool call of a request gave; none before it was made. */
function answer({ results }: ScriptContext): ScriptedTurn | undefined {
  const [result] = results;
  if (!result) return undefined;
  if (result.outcome !== 'ok') return { text: describeFailure(result) };
  const tables = tablesIn(results);
  return { text: tables ? describeTables(tables) : describeRows(QueryResult.parse(result.value)) };
}
