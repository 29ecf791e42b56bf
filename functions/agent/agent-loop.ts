import { fingerprintOf } from '#core/fingerprint.ts';
import type { ApprovalRequest, StepInput, StepOutcome, StepResult } from '#core/run/agents.ts';
import type { Usage } from '#core/run/run.ts';
import type { Message, ToolOutput } from '#core/session/transcript.ts';
import { firstState, LoopState, type PendingCall } from './agent-state.ts';
import type { ToolDefinition } from './define-agent.ts';
import { type AskingAgent, askModel, suggestFollowups } from './model-step.ts';
import { ModelError } from './models/model-error.ts';
import { withoutSecrets } from './models/without-secrets.ts';
import { callTool } from './tool-call.ts';

export interface LoopAgent extends AskingAgent {
  readonly version: string;
  readonly maxSteps: number;
}

const defaultExpirySeconds = 7 * 24 * 3600;
const noUsage: Usage = { inputTokens: 0, outputTokens: 0 };

/**
 * One durable unit of work: one model call, one tool call, or one question to a person. State in,
 * state out: it remembers nothing, so any process may take the next one.
 */
export async function step(agent: LoopAgent, input: StepInput): Promise<StepResult> {
  const state = input.state ? LoopState.parse(input.state) : firstState;
  const [call] = state.pendingCalls;
  if (call) return toolStep(agent, input, state, call);
  try {
    if (state.content !== null) return await followupStep(agent, input, state, state.content);
    return await modelStep(agent, input, state);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const message = withoutSecrets(error.message, await agent.access.registry.secrets());
    return failure(state, { code: 'model_error', message });
  }
}

async function modelStep(
  agent: LoopAgent,
  input: StepInput,
  state: LoopState,
): Promise<StepResult> {
  if (state.modelCalls >= agent.maxSteps)
    return failure(state, {
      code: 'step_limit',
      message: `The agent came to no end in ${agent.maxSteps} model calls.`,
    });
  const asked = input.messages.length === 0 ? [question(input)] : [];
  const turn = await askModel(agent, input, asked);
  const answered = turn.calls.length === 0;
  const next: LoopState = {
    ...state,
    modelCalls: state.modelCalls + 1,
    pendingCalls: [...turn.calls],
    content: answered ? turn.text : null,
  };
  return {
    outcome:
      answered && !input.request.generateFollowups ? done(turn.text, []) : { kind: 'continue' },
    state: next,
    appended: [...asked, turn.message],
    usage: turn.usage,
  };
}

/** The answer is there: it does not depend on whether anybody thinks of more questions. */
async function followupStep(
  agent: LoopAgent,
  input: StepInput,
  state: LoopState,
  content: string,
): Promise<StepResult> {
  const { questions, usage } = await suggestFollowups(agent, input);
  input.emit({ type: 'followups', data: { questions } });
  return { outcome: done(content, questions), state, appended: [], usage };
}

async function toolStep(
  agent: LoopAgent,
  input: StepInput,
  state: LoopState,
  call: PendingCall,
): Promise<StepResult> {
  const tool = agent.definition.tools?.find(({ name }) => name === call.toolName);
  const decision = input.decision?.toolCallId === call.toolCallId ? input.decision : undefined;
  if (decision?.decision === 'REJECT') {
    const reason = decision.reason ?? 'A person refused this call.';
    return toolResult(input, state, call, { type: 'execution-denied', reason });
  }
  if (tool === undefined) {
    const value = `There is no tool ${call.toolName}.`;
    return toolResult(input, state, call, { type: 'error-text', value });
  }
  const callHash = hashOf(agent, call);
  const reason = await mustAsk(tool, call, callHash, input.begun, decision);
  if (reason !== undefined) {
    const approval = request(tool, call, callHash, reason);
    return { outcome: { kind: 'pause', approval }, state, appended: [], usage: noUsage };
  }
  input.emit({ type: 'tool.started', data: { ...viewOf(call), arguments: call.input } });
  if (!tool.idempotent) await input.begin(call.toolCallId);
  return toolResult(input, state, call, await callTool(tool, call, input));
}

/** @returns why a person has to be asked before the call, or `undefined` */
async function mustAsk(
  tool: ToolDefinition,
  call: PendingCall,
  callHash: string,
  begun: string | undefined,
  decision: StepInput['decision'],
): Promise<string | undefined> {
  // Whatever was decided was decided before the call began.
  if (begun === call.toolCallId && !tool.idempotent)
    return `${tool.name} was interrupted, and may or may not have taken effect. Run it again?`;
  if (decision?.callHash === callHash) return undefined;
  if (decision) return `The agent has changed since ${tool.name} was approved.`;
  return (await needsApproval(tool, call)) ? `${tool.name} needs an approval.` : undefined;
}

async function needsApproval(tool: ToolDefinition, call: PendingCall): Promise<boolean> {
  if (tool.approval === undefined) return false;
  const { when } = tool.approval;
  const parsed = await tool.input.safeParseAsync(call.input);
  // Arguments that do not fit are refused without troubling anybody.
  if (!parsed.success) return false;
  try {
    return when === 'always' || when(parsed.data);
  } catch {
    // Whoever cannot tell whether to ask, asks.
    return true;
  }
}

const request = (
  tool: ToolDefinition,
  call: PendingCall,
  callHash: string,
  reason: string,
): ApprovalRequest => ({
  ...viewOf(call),
  arguments: call.input,
  callHash,
  reason,
  expiresAfterSeconds: tool.approval?.expiresAfterSeconds ?? defaultExpirySeconds,
  onExpiry: tool.approval?.onExpiry ?? 'reject',
});

const hashOf = (agent: LoopAgent, call: PendingCall) =>
  fingerprintOf({ tool: call.toolName, arguments: call.input, agentVersion: agent.version });

const viewOf = (call: PendingCall) => ({ toolCallId: call.toolCallId, tool: call.toolName });

function toolResult(
  input: StepInput,
  state: LoopState,
  call: PendingCall,
  output: ToolOutput,
): StepResult {
  if (output.type === 'error-text')
    input.emit({ type: 'tool.failed', data: { ...viewOf(call), message: output.value } });
  else if (output.type !== 'execution-denied')
    input.emit({ type: 'tool.completed', data: { ...viewOf(call), result: output.value } });
  const { toolCallId, toolName } = call;
  const content = [{ type: 'tool-result' as const, toolCallId, toolName, output }];
  return {
    outcome: { kind: 'continue' },
    state: { ...state, pendingCalls: state.pendingCalls.slice(1) },
    appended: [{ role: 'tool', content }],
    usage: noUsage,
  };
}

const question = ({ request: { message, media } }: StepInput): Message => ({
  role: 'user',
  content: [{ type: 'text', text: message }, ...media],
});

const done = (content: string, followups: string[]): StepOutcome => ({
  kind: 'done',
  output: { content, followups },
});

const failure = (
  state: LoopState,
  error: Extract<StepOutcome, { kind: 'fail' }>['error'],
): StepResult => ({ outcome: { kind: 'fail', error }, state, appended: [], usage: noUsage });
