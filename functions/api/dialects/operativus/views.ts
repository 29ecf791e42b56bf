import type * as z from 'zod';
import type { RunDeps } from '#core/run/deps.ts';
import { type Run, RunOutput } from '#core/run/run.ts';
import { runCheckpoints } from '#core/session/checkpoints.ts';
import { reasoningStepsOf, type ToolOutput, toolCallsOf } from '#core/session/transcript.ts';
import { loadValue } from '#core/store/stored-value.ts';
import type { AgentRun, RunResponse } from './contract.ts';

export const wireId = (runId: string) => `run_${runId}`;

const iso = (at: number) => new Date(at).toISOString();

/** What a synchronous caller gets. Content is empty unless the run has completed. */
export async function toRunResponse(deps: RunDeps, run: Run): Promise<z.input<typeof RunResponse>> {
  const [checkpoints, content] = await Promise.all([
    runCheckpoints(deps, run, run.id),
    contentOf(deps, run),
  ]);
  const messages = checkpoints.flatMap((checkpoint) => checkpoint.appended);
  const { inputTokens, outputTokens } = run.usage;
  return {
    runId: wireId(run.id),
    sessionId: run.sessionId,
    content: content ?? '',
    metadata: {
      model: run.model,
      promptTokens: inputTokens,
      completionTokens: outputTokens,
      totalTokens: inputTokens + outputTokens,
    },
    tools: toolCallsOf(messages).map(({ name, arguments: args, output }) => ({
      name,
      arguments: args,
      result: toText(output),
    })),
    reasoningSteps: reasoningStepsOf(messages),
    status: run.status,
    ...more(run),
  };
}

/** What a poller gets. */
export async function toAgentRun(deps: RunDeps, run: Run): Promise<z.input<typeof AgentRun>> {
  const output = await contentOf(deps, run);
  return {
    id: wireId(run.id),
    agentId: run.agentId,
    sessionId: run.sessionId,
    status: run.status,
    createdAt: iso(run.createdAt),
    startedAt: 'startedAt' in run && run.startedAt !== null ? iso(run.startedAt) : null,
    completedAt: 'completedAt' in run ? iso(run.completedAt) : null,
    ...(output === undefined ? {} : { output }),
    ...more(run),
  };
}

async function contentOf(deps: RunDeps, run: Run): Promise<string | undefined> {
  if (run.status !== 'COMPLETED') return undefined;
  const { content, followups } = await loadValue(deps, run.output, RunOutput);
  if (followups.length === 0) return content;
  const list = followups.map((question) => `- ${question}`).join('\n');
  return `${content}\n\n**Suggested follow-ups:**\n${list}`;
}

function more(run: Run) {
  if (run.status === 'FAILED') return { error: run.error };
  if (run.status !== 'PAUSED') return {};
  const { approvalId, tool, arguments: args, reason, expiresAt } = run.pendingApproval;
  return {
    requiredAction: {
      type: 'TOOL_APPROVAL' as const,
      approvalId,
      tool,
      args,
      reason,
      expiresAt: iso(expiresAt),
    },
  };
}

function toText(output: ToolOutput): string {
  switch (output.type) {
    case 'json':
      return JSON.stringify(output.value);
    case 'execution-denied':
      return `Rejected: ${output.reason}`;
    default:
      return output.value;
  }
}
