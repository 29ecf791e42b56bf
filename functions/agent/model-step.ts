import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { RunContext, StepInput } from '#core/run/agents.ts';
import type { Message } from '#core/session/transcript.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import type { AgentDefinition } from './define-agent.ts';
import { askForFollowups, parseFollowups } from './followups.ts';
import { callModel, type ModelRetry } from './model-call.ts';
import type { AgentModels } from './models/agent-models.ts';
import type { ModelAccess } from './models/model-access.ts';
import { ModelError } from './models/model-error.ts';
import { idOf } from './models/model-id.ts';
import type { ModelTurn } from './models/model-turn.ts';
import { toPrompt } from './prompt.ts';
import { toolForLargeResults } from './read-tool-result.ts';
import { answerFormat, type StructuredOutput } from './structured-output.ts';
import { toCard, toModelTool } from './tools.ts';

export interface AskingAgent {
  readonly definition: AgentDefinition;
  /** The tools as the model sees them. */
  readonly toolSchemas: NonNullable<LanguageModelV4CallOptions['tools']>;
  /** The shape of its answer, where that is data. */
  readonly output: StructuredOutput | undefined;
  readonly blobs: BlobStore;
  readonly models: AgentModels;
  readonly access: ModelAccess;
}

/** @throws ModelError */
export async function askModel(
  agent: AskingAgent,
  input: StepInput,
  asked: readonly Message[],
): Promise<ModelTurn> {
  const model = await agent.models.find(input.request.options.model);
  const reset = () => input.emit({ type: 'step.reset', data: { step: input.step } });
  const options = await callOptions(agent, model, input, asked);
  // Of JSON nobody reads the first half: the answer is told when it is there.
  const emit: StepInput['emit'] = (event) => {
    if (agent.output === undefined || event.type !== 'text.delta') input.emit(event);
  };
  const retrying = tellRetries(agent, model, input);
  return callModel(model, options, { emit, reset, retrying }, agent.access.retry);
}

/** Questions that the user may want to ask next; none where the model has none. */
export async function suggestFollowups(agent: AskingAgent, input: StepInput) {
  // The answer is there, and somebody waits for it.
  const policy = { ...agent.access.retry, attempts: Math.min(2, agent.access.retry.attempts) };
  try {
    const model = await agent.models.find(input.request.options.model);
    const options = askForFollowups(await callOptions(agent, model, input, []));
    const abortSignal = input.signal;
    const retrying = tellRetries(agent, model, input);
    const nobody = { emit: () => undefined, reset: () => undefined, retrying };
    const turn = await callModel(model, { ...options, abortSignal }, nobody, policy);
    return { questions: parseFollowups(turn.text), usage: turn.usage };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { questions: [], usage: { inputTokens: 0, outputTokens: 0 } };
  }
}

/** Never what was said, on either side. */
const tellRetries =
  ({ access }: AskingAgent, model: LanguageModelV4, { run: { runId } }: StepInput) =>
  (retry: ModelRetry) =>
    access.log('warn', 'model call fails, and is made again', {
      runId,
      model: idOf(model),
      ...retry,
    });

const withContext = (instructions: string, context: RunContext) =>
  Object.keys(context).length === 0
    ? instructions
    : `${instructions}\n\nContext of this conversation, as JSON:\n${JSON.stringify(context)}`;

async function callOptions(
  { definition, blobs, toolSchemas, output }: AskingAgent,
  model: LanguageModelV4,
  { history, messages, request, signal }: StepInput,
  asked: readonly Message[],
) {
  const { temperature, maxTokens } = request.options;
  const { instructions, reasoning } = definition;
  const transcript = [...history, ...messages, ...asked];
  return {
    prompt: await toPrompt(
      { blobs, model },
      withContext(instructions, request.context),
      transcript,
    ),
    tools: [...toolSchemas, ...toolForLargeResults(blobs, transcript).map(toCard).map(toModelTool)],
    abortSignal: signal,
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(output === undefined ? {} : { responseFormat: answerFormat(output) }),
  };
}
