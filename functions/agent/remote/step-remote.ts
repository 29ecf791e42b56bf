import * as z from 'zod';
import { fingerprintOf } from '#core/fingerprint.ts';
import { questionOf, type StepInput, type StepOutcome, type StepResult } from '#core/run/agents.ts';
import type { AssistantPart, FilePart, Message } from '#core/session/transcript.ts';
import { type LoopAgent, step } from '../agent-loop.ts';
import { PendingCall } from '../agent-state.ts';
import { askRemote, type RemoteEndpoint } from './ask-remote.ts';
import type { RemoteAnswer, RemoteMedia, RemoteRequest } from './remote-contract.ts';
import { RemoteError } from './remote-transport.ts';

export interface RemoteLoop {
  /** Its tools. */
  readonly loop: LoopAgent;
  readonly endpoint: RemoteEndpoint;
}

const Asked = z.object({
  toolCallId: z.string(),
  tool: z.string(),
  arguments: z.unknown(),
  reason: z.string(),
  expiresAfterSeconds: z.number(),
  onExpiry: z.enum(['reject', 'cancel', 'fail']),
  remindAfterSeconds: z.number().optional(),
});

const RemoteState = z.object({
  version: z.literal(1),
  /** Its own. */
  remote: z.json(),
  answers: z.number(),
  pendingCalls: z.array(PendingCall),
  /** What a person has been asked in its name. */
  asked: Asked.nullable(),
});
type RemoteState = z.infer<typeof RemoteState>;

const firstState: RemoteState = {
  version: 1,
  remote: null,
  answers: 0,
  pendingCalls: [],
  asked: null,
};
const noUsage = { inputTokens: 0, outputTokens: 0 };

/** One request to the remote agent, or one call of a tool that it has asked for. */
export async function stepRemote(agent: RemoteLoop, input: StepInput): Promise<StepResult> {
  const state = input.state ? RemoteState.parse(input.state) : firstState;
  if (state.pendingCalls.length > 0) return toolStep(agent, input, state);
  if (state.asked && isForAnother(agent, input, state.asked))
    return result(state, pauseFor(agent, state.asked));
  const limit = limitReached(agent, input, state);
  if (limit) return result(state, limit);
  try {
    const request = await requestOf(agent, input, state);
    return take(agent, input, state, await askRemote(agent.endpoint, request, input.signal));
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return result(state, {
      kind: 'fail',
      error: { code: 'agent_error', message: error.message },
    });
  }
}

function limitReached(
  { loop }: RemoteLoop,
  { usage, request }: StepInput,
  { answers }: RemoteState,
) {
  const tokens = usage.inputTokens + usage.outputTokens;
  const most = Math.min(loop.maxSteps, request.options.maxSteps ?? loop.maxSteps);
  if (answers >= most) return failure(`came to no end in ${most} answers`, 'step_limit');
  return tokens >= loop.maxTokens
    ? failure(`came to no end with ${loop.maxTokens} tokens: it has used ${tokens}`, 'token_limit')
    : undefined;
}

async function toolStep({ loop }: RemoteLoop, input: StepInput, state: RemoteState) {
  const { answers, pendingCalls } = state;
  const loopState = { version: 1, modelCalls: answers, pendingCalls, content: null };
  const taken = await step(loop, { ...input, state: loopState });
  const left = z.object({ pendingCalls: z.array(PendingCall) }).parse(taken.state);
  return { ...taken, state: { ...state, pendingCalls: left.pendingCalls } };
}

/** A person agreed to a call of the agent as it was then. */
const isForAnother = (agent: RemoteLoop, { decision }: StepInput, asked: Asked) =>
  decision?.decision !== 'REJECT' && decision?.callHash !== hashOf(agent, asked);
type Asked = z.infer<typeof Asked>;

function take(
  agent: RemoteLoop,
  input: StepInput,
  before: RemoteState,
  answer: RemoteAnswer,
): StepResult {
  const state: RemoteState = {
    ...before,
    remote: answer.state === undefined ? before.remote : answer.state,
    answers: before.answers + 1,
    asked: null,
  };
  const rest = { appended: appendedBy(input, answer), usage: answer.usage ?? noUsage };
  if ('text' in answer && answer.text !== '')
    input.emit({ type: 'text.delta', data: { text: answer.text } });
  switch (answer.kind) {
    case 'done': {
      const output = { content: answer.text, followups: answer.followups };
      if (output.followups.length > 0)
        input.emit({ type: 'followups', data: { questions: output.followups } });
      return { ...result(state, { kind: 'done', output }), ...rest };
    }
    case 'continue':
      return { ...result(state, { kind: 'continue' }), ...rest };
    case 'tools': {
      const pendingCalls = answer.calls.map(toCall);
      return { ...result({ ...state, pendingCalls }, { kind: 'continue' }), ...rest };
    }
    case 'approval': {
      const asked = Asked.parse(answer);
      return { ...result({ ...state, asked }, pauseFor(agent, asked)), ...rest };
    }
    case 'fail':
      return { ...result(state, failure(`failed: ${answer.message}`)), ...rest };
  }
}

type Call = Extract<RemoteAnswer, { kind: 'tools' }>['calls'][number];
const toCall = ({ toolCallId, name, input }: Call): PendingCall => ({
  toolCallId,
  toolName: name,
  input,
});

/** The question belongs to the first step's messages, as with every agent. */
function appendedBy({ request, messages }: StepInput, answer: RemoteAnswer): Message[] {
  const { usage } = answer;
  const content: AssistantPart[] = [
    ...('text' in answer && answer.text !== ''
      ? [{ type: 'text' as const, text: answer.text }]
      : []),
    ...(answer.kind === 'tools'
      ? answer.calls.map((call) => ({ type: 'tool-call' as const, ...toCall(call) }))
      : []),
  ];
  return [
    ...(messages.length === 0 ? questionOf(request) : []),
    ...(content.length > 0
      ? [{ role: 'assistant' as const, content, ...(usage === undefined ? {} : { usage }) }]
      : []),
  ];
}

const hashOf = ({ loop }: RemoteLoop, asked: Asked) =>
  fingerprintOf({ tool: asked.tool, arguments: asked.arguments, agentVersion: loop.version });

const pauseFor = (agent: RemoteLoop, asked: Asked): StepOutcome => ({
  kind: 'pause',
  approval: { ...asked, callHash: hashOf(agent, asked), takesNoEdit: true },
});

const failure = (
  what: string,
  code: 'agent_error' | 'step_limit' | 'token_limit' = 'agent_error',
): StepOutcome => ({ kind: 'fail', error: { code, message: `The remote agent ${what}` } });

const result = (state: RemoteState, outcome: StepOutcome): StepResult => ({
  outcome,
  state,
  appended: [],
  usage: noUsage,
});

async function requestOf(
  { loop }: RemoteLoop,
  input: StepInput,
  state: RemoteState,
): Promise<RemoteRequest> {
  const { run, step: number, request, history, messages, decision } = input;
  const toMedia = async ({ mediaType, source }: FilePart): Promise<RemoteMedia> =>
    source.type === 'url'
      ? { mediaType, url: source.url }
      : { mediaType, base64: Buffer.from(await loop.blobs.get(source.blobKey)).toString('base64') };
  return {
    version: 1,
    agentId: loop.definition.id,
    run,
    step: number,
    idempotencyKey: `${run.runId}:${number}`,
    request: { ...request, media: await Promise.all(request.media.map(toMedia)) },
    history,
    messages,
    state: state.remote,
    decision:
      decision && state.asked
        ? {
            toolCallId: decision.toolCallId,
            decision: decision.decision,
            reason: decision.reason,
            result: decision.result,
          }
        : null,
  };
}
