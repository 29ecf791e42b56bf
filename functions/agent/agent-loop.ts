import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { StepInput, StepOutcome, StepResult } from '#core/run/agents.ts';
import type { RunFailure, Usage } from '#core/run/run.ts';
import type { Message } from '#core/session/transcript.ts';
import { firstState, LoopState } from './agent-state.ts';
import { bringMedia, type MediaAgent, MediaError } from './bring-media.ts';
import type { AgentDefinition } from './define-agent.ts';
import { askForFollowups, parseFollowups } from './followups.ts';
import { callModel, ModelError } from './model-call.ts';
import { toPrompt } from './prompt.ts';
import { toolForLargeResults } from './read-tool-result.ts';
import { type ToolAgent, toolStep } from './tool-step.ts';
import { toCard, toModelTool } from './tools.ts';

export interface LoopAgent extends ToolAgent, MediaAgent {
  readonly definition: AgentDefinition;
  readonly maxSteps: number;
  readonly maxTokens: number;
  /** The tools as the model sees them. */
  readonly toolSchemas: NonNullable<LanguageModelV4CallOptions['tools']>;
  modelOf(name: string | undefined): LanguageModelV4;
}

const noUsage: Usage = { inputTokens: 0, outputTokens: 0 };
const nothingSuggested = { questions: [], usage: noUsage };

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
    if (error instanceof MediaError)
      return failure(state, { code: 'agent_error', message: error.message });
    if (!(error instanceof ModelError)) throw error;
    return failure(state, { code: 'model_error', message: error.message });
  }
}

async function modelStep(
  agent: LoopAgent,
  input: StepInput,
  state: LoopState,
): Promise<StepResult> {
  const limit = limitReached(agent, input, state);
  if (limit) return failure(state, limit);
  const asked = input.messages.length === 0 ? [await question(agent, input)] : [];
  const turn = await callModel(
    agent.modelOf(input.request.options.model),
    await modelOptions(agent, input, asked),
    input.emit,
  );
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

function limitReached(
  { maxSteps, maxTokens }: LoopAgent,
  { usage }: StepInput,
  { modelCalls }: LoopState,
): RunFailure | undefined {
  if (modelCalls >= maxSteps)
    return {
      code: 'step_limit',
      message: `The agent came to no end in ${maxSteps} model calls.`,
    };
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
  const { questions, usage } = limitReached(agent, input, { ...state, modelCalls: 0 })
    ? nothingSuggested
    : await suggest(agent, input);
  input.emit({ type: 'followups', data: { questions } });
  return { outcome: done(content, questions), state, appended: [], usage };
}

async function suggest(agent: LoopAgent, input: StepInput) {
  try {
    const turn = await callModel(
      agent.modelOf(input.request.options.model),
      askForFollowups(await modelOptions(agent, input, [])),
      () => undefined,
    );
    return { questions: parseFollowups(turn.text), usage: turn.usage };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return nothingSuggested;
  }
}

const question = async (agent: LoopAgent, input: StepInput): Promise<Message> => ({
  role: 'user',
  content: [{ type: 'text', text: input.request.message }, ...(await bringMedia(agent, input))],
});

async function modelOptions(
  agent: LoopAgent,
  { history, messages, request: { options }, signal }: StepInput,
  asked: readonly Message[],
): Promise<LanguageModelV4CallOptions> {
  const { instructions } = agent.definition;
  const transcript = [...history, ...messages, ...asked];
  const paging = toolForLargeResults(agent.blobs, transcript).map(toCard).map(toModelTool);
  return {
    prompt: await toPrompt(agent.blobs, instructions, transcript),
    tools: [...agent.toolSchemas, ...paging],
    abortSignal: signal,
    ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
    ...(options.maxTokens === undefined ? {} : { maxOutputTokens: options.maxTokens }),
  };
}

const done = (content: string, followups: string[]): StepOutcome => ({
  kind: 'done',
  output: { content, followups },
});

const failure = (state: LoopState, error: RunFailure): StepResult => ({
  outcome: { kind: 'fail', error },
  state,
  appended: [],
  usage: noUsage,
});
