import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
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
  const turn = { text: '', reasoning: '', calls: [] as PendingCall[] };
  let usage: Usage = { inputTokens: 0, outputTokens: 0 };
  try {
    const { stream } = await model.doStream(options);
    for await (const part of stream) {
      if (part.type === 'error') throw part.error;
      if (part.type === 'text-delta') {
        turn.text += part.delta;
        emit({ type: 'text.delta', data: { text: part.delta } });
      } else if (part.type === 'reasoning-delta') {
        turn.reasoning += part.delta;
        emit({ type: 'reasoning.delta', data: { text: part.delta } });
      } else if (part.type === 'tool-call') {
        const { toolCallId, toolName, input } = part;
        turn.calls.push({ toolCallId, toolName, input: parseInput(input) });
      } else if (part.type === 'finish') {
        usage = {
          inputTokens: part.usage.inputTokens.total ?? 0,
          outputTokens: part.usage.outputTokens.total ?? 0,
        };
      }
    }
  } catch (error) {
    options.abortSignal?.throwIfAborted();
    throw new ModelError(error instanceof Error ? error.message : String(error), { cause: error });
  }
  return { text: turn.text, calls: turn.calls, message: toMessage(turn), usage };
}

/** A model may write what is no JSON; the tool's own schema then refuses the text. */
function parseInput(input: string): unknown {
  try {
    return input === '' ? {} : JSON.parse(input);
  } catch {
    return input;
  }
}

function toMessage(turn: { text: string; reasoning: string; calls: PendingCall[] }): Message {
  return {
    role: 'assistant',
    content: [
      ...(turn.reasoning ? [{ type: 'reasoning' as const, text: turn.reasoning }] : []),
      ...(turn.text ? [{ type: 'text' as const, text: turn.text }] : []),
      ...turn.calls.map((call) => ({ type: 'tool-call' as const, ...call })),
    ],
  };
}
