import { questionOf, type StepInput, type StepOutcome, type StepResult } from '#core/run/agents.ts';
import type { RunFailure, RunOutput, Usage } from '#core/run/run.ts';
import { callsLeftOpen } from '#core/session/loose-ends.ts';
import type { Message } from '#core/session/transcript.ts';
import { firstState, LoopState } from './agent-state.ts';
import { bringMedia, type MediaAgent, MediaError } from './bring-media.ts';
import { type AskingAgent, askModel, suggestFollowups } from './model-step.ts';
import { ModelError } from './models/model-error.ts';
import type { ModelTurn } from './models/model-turn.ts';
import { withoutSecrets } from './models/without-secrets.ts';
import { readAnswer } from './structured-output.ts';
import { type ToolAgent, toolStep } from './tool-step.ts';

export interface LoopAgent extends AskingAgent, ToolAgent, MediaAgent {
  readonly maxSteps: number;
  readonly maxTokens: number;
}

const noUsage: Usage = { inputTokens: 0, outputTokens: 0 };
const nothingSuggested = { questions: [], usage: noUsage };

/**
 * One durable unit of work: one model call, one tool call, or one question to a person. State in,
 * state out: it remembers nothing, so any process may take the next one.
 */
export async function step(agent: LoopAgent, input: StepInput): Promise<StepResult> {
  const state = input.state ? LoopState.parse(input.state) : firstStateOf(input);
  const [call] = state.pendingCalls;
  if (call) return toolStep(agent, input, state, call);
  try {
    if (state.content !== null) return await followupStep(agent, input, state, state.content);
    return await modelStep(agent, input, state);
  } catch (error) {
    if (error instanceof MediaError)
      return unanswered(input, failure(state, { code: 'agent_error', message: error.message }));
    if (!(error instanceof ModelError)) throw error;
    const message = withoutSecrets(error.message, await agent.access.registry.secrets());
    return unanswered(input, failure(state, { code: 'model_error', message }));
  }
}

const isFirst = ({ messages }: StepInput) => messages.length === 0;

/** A run that says nothing goes on with the calls that its session was left with. */
const firstStateOf = (input: StepInput): LoopState =>
  !input.request.continues
    ? firstState
    : {
        ...firstState,
        pendingCalls: callsLeftOpen(input.history).map(({ toolCallId, toolName, input: args }) => ({
          toolCallId,
          toolName,
          input: args,
        })),
      };

/** @returns what the session's last word is, where a run says nothing and nothing is left to do */
function answerSoFar(input: StepInput): string | undefined {
  if (!isFirst(input) || !input.request.continues) return undefined;
  const last = input.history.at(-1);
  if (last === undefined) return '';
  if (last.role !== 'assistant') return undefined;
  return last.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

async function modelStep(
  agent: LoopAgent,
  input: StepInput,
  state: LoopState,
): Promise<StepResult> {
  const limit = limitReached(agent, input, state);
  if (limit) return failure(state, limit);
  const content = answerSoFar(input);
  if (content !== undefined)
    return { outcome: done({ content }, []), state, appended: [], usage: noUsage };
  const asked = isFirst(input) && !input.request.continues ? [await question(agent, input)] : [];
  const turn = await askModel(agent, input, asked);
  const { usage } = turn;
  const appended = [...asked, turn.message];
  const next = { ...state, modelCalls: state.modelCalls + 1, pendingCalls: [...turn.calls] };
  if (turn.calls.length > 0) return { outcome: { kind: 'continue' }, state: next, appended, usage };
  const answer = await answerOf(agent, input, turn);
  if ('correction' in answer)
    return {
      outcome: { kind: 'continue' },
      state: next,
      appended: [...appended, answer.correction],
      usage,
    };
  const answered: LoopState = { ...next, ...answer };
  const outcome: StepOutcome = input.request.generateFollowups
    ? { kind: 'continue' }
    : done(answer, []);
  return { outcome, state: answered, appended, usage };
}

async function answerOf({ output }: LoopAgent, { emit }: StepInput, { text }: ModelTurn) {
  if (output === undefined) return { content: text };
  const answer = await readAnswer(output, text);
  if ('content' in answer) emit({ type: 'text.delta', data: { text: answer.content } });
  return answer;
}

function limitReached(
  { maxSteps, maxTokens }: LoopAgent,
  { usage, request: { options } }: StepInput,
  { modelCalls }: LoopState,
): RunFailure | undefined {
  const most = Math.min(maxSteps, options.maxSteps ?? maxSteps);
  if (modelCalls >= most)
    return { code: 'step_limit', message: `The agent came to no end in ${most} model calls.` };
  const tokens = usage.inputTokens + usage.outputTokens;
  if (tokens < maxTokens) return undefined;
  return {
    code: 'token_limit',
    message: `The agent came to no end with ${maxTokens} tokens: it has used ${tokens}.`,
  };
}

/** The answer is there: it does not depend on whether anybody thinks of more questions. */
async function followupStep(
  agent: LoopAgent,
  input: StepInput,
  state: LoopState,
  content: string,
): Promise<StepResult> {
  const { structured } = state;
  const { questions, usage } = limitReached(agent, input, { ...state, modelCalls: 0 })
    ? nothingSuggested
    : await suggestFollowups(agent, input);
  input.emit({ type: 'followups', data: { questions } });
  return { outcome: done({ content, structured }, questions), state, appended: [], usage };
}

const question = async (agent: LoopAgent, input: StepInput): Promise<Message> => ({
  role: 'user',
  content: [{ type: 'text', text: input.request.message }, ...(await bringMedia(agent, input))],
});

/** What was asked is said, where a session keeps what a failed run leaves. */
const unanswered = (input: StepInput, result: StepResult): StepResult =>
  isFirst(input) ? { ...result, appended: questionOf(input.request) } : result;

const done = (
  { content, structured }: Pick<RunOutput, 'content' | 'structured'>,
  followups: string[],
): StepOutcome => ({
  kind: 'done',
  output: { content, followups, ...(structured === undefined ? {} : { structured }) },
});

const failure = (state: LoopState, error: RunFailure): StepResult => ({
  outcome: { kind: 'fail', error },
  state,
  appended: [],
  usage: noUsage,
});
