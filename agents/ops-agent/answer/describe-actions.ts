import type { ScriptedResult } from 'longrun/scripted-model';
import { DeletedTable } from '../demo/delete-table.ts';
import { SentEmail } from '../demo/outbox.ts';
import type { Action } from '../request/request.ts';

const doing = (action: Action): string =>
  action.kind === 'deleteTable'
    ? `delete the table **${action.table}**`
    : `send the email to **${action.email.to}**`;

const alternatives: Readonly<Record<Action['kind'], string>> = {
  deleteTable: 'Instead I can show its rows, count them, or answer a `SELECT` about it.',
  sendEmail: 'Instead I can send another text, or write to someone else.',
};

/** What became of each action; those after one that was not done were not tried. */
export function describeActions(
  actions: readonly Action[],
  results: readonly ScriptedResult[],
  obstacle?: string,
): string {
  const lines = actions.map((action, i) => {
    const result = results[i];
    if (result) return describeResult(action, result);
    return obstacle !== undefined && i === results.length
      ? `I did **not** ${doing(action)}. ${obstacle}`
      : `So I did not ${doing(action)} either.`;
  });
  const refused = actions.find((_, i) => results[i]?.outcome === 'denied');
  return [...lines, ...(refused ? [alternatives[refused.kind]] : [])].join('\n\n');
}

function describeResult(action: Action, { outcome, value }: ScriptedResult): string {
  if (outcome === 'ok') return describeSuccess(action, value);
  const reason = typeof value === 'string' ? value.trim() : '';
  if (outcome === 'error') return `I could not ${doing(action)}. ${reason}`.trim();
  return reason === ''
    ? `I did **not** ${doing(action)}: it was refused, without a reason.`
    : `I did **not** ${doing(action)}: it was refused with the reason “${reason.replace(/\.$/, '')}”.`;
}

function describeSuccess(action: Action, value: unknown): string {
  const deleted = DeletedTable.safeParse(value);
  if (deleted.success)
    return `The table **${deleted.data.deleted}** is deleted, with its ${deleted.data.rowCount} rows.`;
  const sent = SentEmail.safeParse(value);
  return sent.success
    ? `The email “${sent.data.subject}” is sent to **${sent.data.to}** (\`${sent.data.file}\`).`
    : `I was told to ${doing(action)}, and it is done.`;
}
