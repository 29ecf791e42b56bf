import * as z from 'zod';
import { runCheckpoints } from '../session/checkpoints.ts';
import { type ToolCallRecord, toolCallsOf } from '../session/transcript.ts';
import type { RunDeps } from './deps.ts';
import type { Run } from './run.ts';
import { RunError } from './run-error.ts';

type Deps = Pick<RunDeps, 'store' | 'blobs' | 'settings'>;

/** The finished tool calls of a run, in the order in which they finished. */
export async function runToolCalls(deps: Deps, run: Run): Promise<ToolCallRecord[]> {
  const checkpoints = await runCheckpoints(deps, run, run.id);
  return toolCallsOf(checkpoints.flatMap(({ appended }) => appended));
}

/** One call with its whole result, however large. @throws RunError tool_call_not_found */
export async function getToolCall(
  deps: Deps,
  run: Run,
  toolCallId: string,
): Promise<ToolCallRecord> {
  const call = (await runToolCalls(deps, run)).find((one) => one.toolCallId === toolCallId);
  if (call === undefined)
    throw new RunError(
      'tool_call_not_found',
      `Run ${run.id} has no finished tool call ${toolCallId}.`,
      { runId: run.id },
    );
  const { full } = call;
  if (full === undefined) return call;
  const text = new TextDecoder().decode(await deps.blobs.get(full.blobKey));
  const output =
    full.type === 'text'
      ? { type: full.type, value: text }
      : { type: full.type, value: z.json().parse(JSON.parse(text)) };
  return { ...call, output };
}
