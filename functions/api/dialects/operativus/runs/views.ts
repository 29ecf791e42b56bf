import type * as z from 'zod';
import { iso } from '#api/iso.ts';
import { toolOutputText } from '#api/tool-output-text.ts';
import { wireId } from '#api/wire-id.ts';
import type { AskedApproval } from '#core/approval/asked-approval.ts';
import type { RunDeps } from '#core/run/deps.ts';
import { type Run, RunOutput } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { getRequest, previewCharacters } from '#core/run/submit-run.ts';
import { runCheckpoints } from '#core/session/checkpoints.ts';
import {
  type Message,
  reasoningStepsOf,
  type ToolCallRecord,
  toolCallsOf,
} from '#core/session/transcript.ts';
import { loadValue } from '#core/store/stored-value.ts';
import type { AgentRun, RequiredAction, RunResponse } from './contract.ts';

/** What a synchronous caller gets. Content is empty unless the run has completed. */
export async function toRunResponse(deps: RunDeps, run: Run): Promise<z.input<typeof RunResponse>> {
  const [checkpoints, content] = await Promise.all([
    runCheckpoints(deps, run, run.id),
    contentOf(deps, run),
  ]);
  const messages = checkpoints.flatMap((checkpoint) => checkpoint.appended);
  const { inputTokens, outputTokens } = run.usage;
  const { requiredAction, ...more } = moreOf(run);
  return {
    runId: wireId(run.id),
    sessionId: run.sessionId,
    content: content ?? '',
    metadata: {
      model: run.model,
      promptTokens: inputTokens,
      completionTokens: outputTokens,
      totalTokens: inputTokens + outputTokens,
      ...(requiredAction ? { requiredAction, required_action: requiredAction } : {}),
    },
    tools: toolCallsOf(messages).map(toToolCall),
    reasoningSteps: reasoningStepsOf(messages),
    status: run.status,
    metrics: toMetrics(deps, run, messages),
    ...(requiredAction ? { requiredAction } : {}),
    ...more,
  };
}

/** What a poller gets. */
export async function toAgentRun(deps: RunDeps, run: Run): Promise<z.input<typeof AgentRun>> {
  const [input, output] = await Promise.all([inputOf(deps, run), contentOf(deps, run)]);
  const { inputTokens, outputTokens } = run.usage;
  const startedAt = startOf(run);
  return {
    id: wireId(run.id),
    runId: wireId(run.id),
    agentId: run.agentId,
    sessionId: run.sessionId,
    userId: run.userId,
    orgId: run.orgId,
    parentRunId: run.origin ? wireId(run.origin.runId) : null,
    status: run.status,
    model: run.model,
    input,
    createdAt: iso(run.createdAt),
    updatedAt: iso(changedAt(run)),
    startedAt: startedAt === null ? null : iso(startedAt),
    completedAt: 'completedAt' in run ? iso(run.completedAt) : null,
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    durationMs: 'completedAt' in run && startedAt !== null ? run.completedAt - startedAt : null,
    totalCostUsd: null,
    ...errorOf(run),
    ...(output === undefined ? {} : { output }),
    ...moreOf(run),
  };
}

/** Most messages are as short as the run's own view of them. */
const inputOf = async (deps: RunDeps, run: Run): Promise<string> =>
  run.messagePreview.length < previewCharacters
    ? run.messagePreview
    : (await getRequest(deps, keyOf(run))).message;

const startOf = (run: Run) => ('startedAt' in run ? run.startedAt : null);

function changedAt(run: Run): number {
  if ('completedAt' in run) return run.completedAt;
  if (run.status === 'PAUSED') return run.pausedAt;
  return startOf(run) ?? run.createdAt;
}

async function contentOf(deps: RunDeps, run: Run): Promise<string | undefined> {
  if (run.status !== 'COMPLETED') return undefined;
  const { content, followups } = await loadValue(deps, run.output, RunOutput);
  if (followups.length === 0) return content;
  const list = followups.map((question) => `- ${question}`).join('\n');
  return `${content}\n\n**Suggested follow-ups:**\n${list}`;
}

const errorOf = (run: Run) =>
  run.status === 'FAILED'
    ? { errorType: run.error.code, errorMessage: run.error.message }
    : { errorType: null, errorMessage: null };

function toMetrics(
  { clock }: Pick<RunDeps, 'clock'>,
  run: Run,
  messages: readonly Message[],
): z.input<typeof RunResponse>['metrics'] {
  const startedAt = startOf(run);
  const until = 'completedAt' in run ? run.completedAt : clock.now();
  return {
    ...run.usage,
    reasoningTokens: null,
    llmCallCount: messages.filter(({ role }) => role === 'assistant').length,
    errorCount: toolCallsOf(messages).filter(isError).length,
    durationMs: startedAt === null ? 0 : until - startedAt,
    model: run.model,
    ...errorOf(run),
  };
}

function moreOf(run: Run): {
  error?: { code: string; message: string };
  requiredAction?: z.input<typeof RequiredAction>;
} {
  if (run.status === 'FAILED') return { error: run.error };
  return run.status === 'PAUSED' && run.pendingApproval
    ? { requiredAction: toRequiredAction(run.pendingApproval) }
    : {};
}

/** The call that waits for a decision, and how to decide on it. */
export const toRequiredAction = ({
  approvalId,
  tool,
  arguments: args,
  reason,
  expiresAt,
}: Pick<AskedApproval, 'approvalId' | 'tool' | 'arguments' | 'reason' | 'expiresAt'>) => ({
  type: 'TOOL_APPROVAL' as const,
  approvalId,
  tool,
  args,
  reason,
  expiresAt: iso(expiresAt),
});

function toToolCall(call: ToolCallRecord) {
  const { toolCallId: id, name, arguments: args, output, durationMs = null } = call;
  const result = toolOutputText(output);
  return {
    id,
    name,
    arguments: args,
    result,
    toolName: name,
    toolInput: JSON.stringify(args) ?? '',
    toolOutput: result,
    durationMs,
    isError: isError(call),
  };
}

const isError = ({ output }: ToolCallRecord) => output.type === 'error-text';
