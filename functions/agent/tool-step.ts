import { fingerprintOf } from '#core/fingerprint.ts';
import type { ApprovalRequest, StepInput, StepResult } from '#core/run/agents.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { argumentsOf, type LoopState, type PendingCall } from './agent-state.ts';
import type { ToolDefinition } from './define-agent.ts';
import type { KeptResult } from './large-result.ts';
import { toolForLargeResults } from './read-tool-result.ts';
import { callTool } from './tool-call.ts';

export interface ToolAgent {
  readonly version: string;
  readonly tools: readonly ToolDefinition[];
  readonly blobs: BlobStore;
}

const defaultExpirySeconds = 7 * 24 * 3600;
const noUsage = { inputTokens: 0, outputTokens: 0 };

/** One tool call, or one question to a person about it. */
export async function toolStep(
  agent: ToolAgent,
  input: StepInput,
  state: LoopState,
  pending: PendingCall,
): Promise<StepResult> {
  const decision = input.decision?.toolCallId === pending.toolCallId ? input.decision : undefined;
  if (decision?.decision === 'REJECT') {
    if (decision.result !== undefined)
      return toolResult(input, state, pending, {
        output: { type: 'text', value: decision.result },
      });
    const reason = decision.reason ?? 'A person refused this call.';
    return toolResult(input, state, pending, { output: { type: 'execution-denied', reason } });
  }
  const tool = findTool(agent, input, pending.toolName);
  if (tool === undefined) {
    const value = `There is no tool ${pending.toolName}.`;
    return toolResult(input, state, pending, { output: { type: 'error-text', value } });
  }
  const isApproved = decision?.callHash === hashOf(agent, pending);
  const call =
    isApproved && decision.arguments
      ? { ...pending, editedArguments: decision.arguments }
      : pending;
  const reason = await mustAsk(tool, call, input, isApproved);
  if (reason !== undefined) return ask(agent, tool, state, call, reason);
  input.emit({ type: 'tool.started', data: { ...viewOf(call), arguments: argumentsOf(call) } });
  if (!tool.idempotent) await input.begin(call.toolCallId);
  const begunAt = performance.now();
  const result = await callTool(agent, tool, call, input);
  return toolResult(input, state, call, {
    ...result,
    durationMs: Math.round(performance.now() - begunAt),
  });
}

const findTool = (
  { tools, blobs }: ToolAgent,
  { history, messages }: StepInput,
  wanted: string,
): ToolDefinition | undefined =>
  [...tools, ...toolForLargeResults(blobs, [...history, ...messages])].find(
    ({ name }) => name === wanted,
  );

/** @returns why a person has to be asked before the call, or `undefined` */
async function mustAsk(
  tool: ToolDefinition,
  call: PendingCall,
  { begun, decision }: StepInput,
  isApproved: boolean,
): Promise<string | undefined> {
  // Whatever was decided was decided before the call began.
  if (begun === call.toolCallId && !tool.idempotent)
    return `${tool.name} was interrupted, and may or may not have taken effect. Run it again?`;
  if (isApproved) return undefined;
  if (decision?.toolCallId === call.toolCallId)
    return `The agent has changed since ${tool.name} was approved.`;
  return (await needsApproval(tool, call)) ? `${tool.name} needs an approval.` : undefined;
}

async function needsApproval(tool: ToolDefinition, call: PendingCall): Promise<boolean> {
  if (tool.approval === undefined) return false;
  const { when } = tool.approval;
  const parsed = await tool.input.safeParseAsync(argumentsOf(call));
  // Arguments that do not fit are refused without troubling anybody.
  if (!parsed.success) return false;
  try {
    return when === 'always' || when(parsed.data);
  } catch {
    // Whoever cannot tell whether to ask, asks.
    return true;
  }
}

/** What a person has changed so far is what is asked about, and is not forgotten. */
function ask(
  agent: ToolAgent,
  tool: ToolDefinition,
  state: LoopState,
  call: PendingCall,
  reason: string,
): StepResult {
  const approval: ApprovalRequest = {
    ...viewOf(call),
    arguments: argumentsOf(call),
    callHash: hashOf(agent, call),
    reason,
    expiresAfterSeconds: tool.approval?.expiresAfterSeconds ?? defaultExpirySeconds,
    onExpiry: tool.approval?.onExpiry ?? 'reject',
  };
  return {
    outcome: { kind: 'pause', approval },
    state: { ...state, pendingCalls: [call, ...state.pendingCalls.slice(1)] },
    appended: [],
    usage: noUsage,
  };
}

const hashOf = (agent: ToolAgent, call: PendingCall) =>
  fingerprintOf({
    tool: call.toolName,
    arguments: argumentsOf(call),
    agentVersion: agent.version,
  });

const viewOf = (call: PendingCall) => ({ toolCallId: call.toolCallId, tool: call.toolName });

function toolResult(
  input: StepInput,
  state: LoopState,
  call: PendingCall,
  { output, full, durationMs }: KeptResult & { readonly durationMs?: number },
): StepResult {
  if (output.type === 'error-text')
    input.emit({ type: 'tool.failed', data: { ...viewOf(call), message: output.value } });
  else if (output.type !== 'execution-denied')
    input.emit({ type: 'tool.completed', data: { ...viewOf(call), result: output.value } });
  const { toolCallId, toolName, editedArguments } = call;
  const part = {
    type: 'tool-result' as const,
    toolCallId,
    toolName,
    output,
    ...(editedArguments === undefined ? {} : { editedArguments }),
    ...(full === undefined ? {} : { full }),
    ...(durationMs === undefined ? {} : { durationMs }),
  };
  return {
    outcome: { kind: 'continue' },
    state: { ...state, pendingCalls: state.pendingCalls.slice(1) },
    appended: [{ role: 'tool', content: [part] }],
    usage: noUsage,
  };
}
