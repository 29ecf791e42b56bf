import type { RunDeps } from '../run/deps.ts';
import type { AskingRun } from '../run/run.ts';
import { type FieldError, invalidInput } from '../run/run-error.ts';
import { checkArguments } from '../run/tool-card.ts';
import type { EditedArguments } from '../session/transcript.ts';

const field = 'arguments';
/** They lie with the proposed ones in one item of the store. */
const largestBytes = 128 * 1024;

/**
 * Whether a call may be approved with other arguments than the agent proposed. What the tool's JSON
 * Schema cannot say is checked when the call is made.
 * @throws RunError invalid_input naming each argument
 */
export function checkEdit(
  deps: Pick<RunDeps, 'agents'>,
  run: AskingRun,
  edit: {
    readonly decision: 'APPROVE' | 'REJECT';
    readonly arguments?: EditedArguments | undefined;
  },
): void {
  if (edit.arguments === undefined) return;
  const wrong =
    edit.decision === 'REJECT'
      ? [{ field, message: 'a call that is rejected has none; approve it with these' }]
      : wrongArguments(deps, run, edit.arguments);
  if (wrong.length > 0) throw invalidInput(wrong);
}

function wrongArguments(
  { agents }: Pick<RunDeps, 'agents'>,
  { agentId, orgId, pendingApproval }: AskingRun,
  edited: EditedArguments,
): FieldError[] {
  if (pendingApproval.takesNoEdit)
    return [{ field, message: 'this agent takes no changed arguments: approve or reject' }];
  if (new TextEncoder().encode(JSON.stringify(edited)).length > largestBytes)
    return [{ field, message: `may have at most ${largestBytes} bytes` }];
  const agent = agents.find(agentId, orgId);
  const tool = agent?.tools.find(({ name }) => name === pendingApproval.tool);
  if (tool) return checkArguments(tool, edited, field);
  // Whoever has the tool checks them when the call is made.
  if (agent?.hasMoreTools) return [];

  return [{ field, message: `the agent has no tool ${pendingApproval.tool} any more` }];
}
