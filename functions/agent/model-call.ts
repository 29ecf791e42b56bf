import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  LanguageModelV4ToolCall,
} from '@ai-sdk/provider';
import type { Usage } from '#core/run/run.ts';
import type { RunEventBody } from '#core/run/run-event.ts';
import type { Message } from '#core/session/transcript.ts';
import type { PendingCall } from './agent-state.ts';

/** The model's provider refused or broke off. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
}

export interface ModelTurn {
  readonly text: string;
  readonly calls: readonly PendingCall[];
  /** The assistant message as it goes into the transcript. */
  readonly message: Message;
  readonly usage: Usage;
}

/**
 * One call of a model, told while it streams.
 * @throws ModelError; whatever the signal aborted with
 */
export async function callModel(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  emit: (event: RunEventBody) => void,
): Promise<ModelTurn> {
  const turn = new TurnReader(emit);
  try {
    const { stream } = await model.doStream(options);
    for await (const part of stream) turn.read(part);
  } catch (error) {
    options.abortSignal?.throwIfAborted();
    throw new ModelError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  return turn.result();
}

class TurnReader {
  readonly #emit: (event: RunEventBody) => void;
  readonly #calls: PendingCall[] = [];
  #text = '';
  #reasoning = '';
  #usage: Usage = { inputTokens: 0, outputTokens: 0 };

  constructor(emit: (event: RunEventBody) => void) {
    this.#emit = emit;
  }

  read(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case 'error':
        throw part.error;
      case 'text-delta':
        this.#text += part.delta;
        this.#emit({ type: 'text.delta', data: { text: part.delta } });
        break;
      case 'reasoning-delta':
        this.#reasoning += part.delta;
        this.#emit({ type: 'reasoning.delta', data: { text: part.delta } });
        break;
      case 'tool-call':
        this.#calls.push(toCall(part));
        break;
      case 'finish':
        this.#usage = {
          inputTokens: part.usage.inputTokens.total ?? 0,
          outputTokens: part.usage.outputTokens.total ?? 0,
        };
    }
  }

  result(): ModelTurn {
    return {
      text: this.#text,
      calls: this.#calls,
      message: toMessage(this.#text, this.#reasoning, this.#calls),
      usage: this.#usage,
    };
  }
}

const toCall = ({ toolCallId, toolName, input }: LanguageModelV4ToolCall): PendingCall => ({
  toolCallId,
  toolName,
  input: parseInput(input),
});

/** A model may write what is no JSON; the tool's own schema then refuses the text. */
function parseInput(input: string): unknown {
  try {
    return input === '' ? {} : JSON.parse(input);
  } catch {
    return input;
  }
}

const toMessage = (text: string, reasoning: string, calls: readonly PendingCall[]): Message => ({
  role: 'assistant',
  content: [
    ...(reasoning ? [{ type: 'reasoning' as const, text: reasoning }] : []),
    ...(text ? [{ type: 'text' as const, text }] : []),
    ...calls.map((call) => ({ type: 'tool-call' as const, ...call })),
  ],
});
