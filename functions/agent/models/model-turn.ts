import type {
  LanguageModelV4,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolCall,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import type { Usage } from '#core/run/run.ts';
import type { RunEventBody } from '#core/run/run-event.ts';
import { type AssistantPart, type Message, ProviderMetadata } from '#core/session/transcript.ts';
import type { PendingCall } from '../agent-state.ts';

export interface ModelTurn {
  readonly text: string;
  readonly calls: readonly PendingCall[];
  /** The assistant message as it goes into the transcript. */
  readonly message: Message;
  readonly usage: Usage;
}

/** The stream ended before the model had. */
export class StreamCutOff extends Error {
  override readonly name = 'StreamCutOff';
  constructor() {
    super('The answer of the model broke off.');
  }
}

/** Whose words a turn of this model is, as the transcript names it. */
export const modelName = ({ provider, modelId }: LanguageModelV4) => `${provider}/${modelId}`;

type Part<Type> = Extract<AssistantPart, { type: Type }>;
type StreamPart<Type> = Extract<LanguageModelV4StreamPart, { type: Type }>;
type Streamed<Kind extends 'text' | 'reasoning'> = StreamPart<
  `${Kind}-start` | `${Kind}-delta` | `${Kind}-end`
>;

/** What a model says in one call, put together and told as it comes. */
export class TurnReader {
  readonly #emit: (event: RunEventBody) => void;
  readonly #parts: AssistantPart[] = [];
  readonly #open = new Map<string, Part<'text' | 'reasoning'>>();
  #usage: Usage | undefined;
  #hasSpoken = false;

  constructor(emit: (event: RunEventBody) => void) {
    this.#emit = emit;
  }

  /** Whether anybody was told of it. */
  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  /** @throws the error that the provider streams; StreamCutOff */
  read(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'error':
        throw part.error;
      case 'text-start':
      case 'text-delta':
      case 'text-end':
        this.#add('text', part);
        break;
      case 'reasoning-start':
      case 'reasoning-delta':
      case 'reasoning-end':
        this.#add('reasoning', part);
        break;
      case 'tool-call':
        this.#parts.push(toCallPart(part));
        break;
      case 'finish':
        if (isCutOff(part)) throw new StreamCutOff();
        this.#usage = toUsage(part.usage);
    }
  }

  /** @throws StreamCutOff */
  result(model: LanguageModelV4): ModelTurn {
    if (this.#usage === undefined) throw new StreamCutOff();
    const content = this.#parts.filter(isWorthKeeping);
    return {
      text: content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
      calls: content.flatMap((part) => (part.type === 'tool-call' ? [toPending(part)] : [])),
      message: { role: 'assistant', content, model: modelName(model), usage: this.#usage },
      usage: this.#usage,
    };
  }

  #add(type: 'text' | 'reasoning', streamed: Streamed<'text' | 'reasoning'>): void {
    const key = `${type} ${streamed.id}`;
    const part = this.#open.get(key) ?? this.#begin(type, key);
    // The last word on a part holds: signatures come at its end.
    Object.assign(part, metadataOf(streamed));
    if ('delta' in streamed && streamed.delta !== '') {
      part.text += streamed.delta;
      this.#hasSpoken = true;
      this.#emit({ type: `${type}.delta`, data: { text: streamed.delta } });
    }
    if (streamed.type.endsWith('-end')) this.#open.delete(key);
  }

  #begin(type: 'text' | 'reasoning', key: string): Part<'text' | 'reasoning'> {
    const part = { type, text: '' };
    this.#parts.push(part);
    this.#open.set(key, part);
    return part;
  }
}

/** A provider says how a turn ended, or at least what it cost. One that says neither was cut off. */
const isCutOff = ({ finishReason, usage }: StreamPart<'finish'>) =>
  finishReason.unified === 'other' &&
  finishReason.raw === undefined &&
  usage.outputTokens.total === undefined;

const isWorthKeeping = (part: AssistantPart) =>
  part.type === 'tool-call' ||
  part.text !== '' ||
  (part.type === 'reasoning' && part.providerMetadata !== undefined);

function toCallPart(part: LanguageModelV4ToolCall): Part<'tool-call'> {
  const { toolCallId, toolName, input } = part;
  return {
    type: 'tool-call',
    toolCallId,
    toolName,
    input: parseInput(input),
    ...metadataOf(part),
  };
}

const toPending = ({ toolCallId, toolName, input }: Part<'tool-call'>): PendingCall => ({
  toolCallId,
  toolName,
  input,
});

/** A model may write what is no JSON; the tool's own schema then refuses the text. */
function parseInput(input: string): unknown {
  try {
    return input === '' ? {} : JSON.parse(input);
  } catch {
    return input;
  }
}

function metadataOf({ providerMetadata }: Pick<LanguageModelV4ToolCall, 'providerMetadata'>) {
  if (providerMetadata === undefined) return {};
  // As it will be read again: JSON has no word for what is undefined.
  return { providerMetadata: ProviderMetadata.parse(JSON.parse(JSON.stringify(providerMetadata))) };
}

const toUsage = ({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage => ({
  inputTokens: inputTokens.total ?? 0,
  outputTokens: outputTokens.total ?? 0,
});
