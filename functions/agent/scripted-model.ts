import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { charactersPerToken, usageOf } from './scripted-usage.ts';
import { wrongOf } from './structured-output.ts';
import { untellResult } from './told-result.ts';

export interface ScriptedResult {
  readonly toolName: string;
  /** What it was called with: as the model asked, or as a person changed it. */
  readonly input: unknown;
  /** The tool's result: JSON or text; the message of an error; the reason of a refusal. */
  readonly value: unknown;
  readonly outcome: 'ok' | 'error' | 'denied';
}

/** What a script may know: the transcript alone, never anything it remembers from an earlier call. */
export interface ScriptContext {
  /** Text of the last user message. */
  readonly message: string;
  /** Media of the last user message. */
  readonly media: readonly { readonly mediaType: string; readonly bytes?: Uint8Array }[];
  /** Results of the tool calls since the last user message, oldest first. */
  readonly results: readonly ScriptedResult[];
  /** How many times the model has spoken since the last user message. */
  readonly turn: number;
  /** The whole prompt, earlier exchanges of the session included. */
  readonly prompt: LanguageModelV4Prompt;
  /** The caller wants JSON (for example follow-up questions) instead of text. */
  readonly wantsJson: boolean;
  /** What for: `followups`, or `answer` of an agent that declares its output. */
  readonly jsonName: string | undefined;
  /** What was wrong with the answers so far, where they did not fit the agent's output. */
  readonly mistakes: readonly string[];
}

export interface ScriptedTurn {
  readonly reasoning?: string;
  readonly text?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly input: unknown }[];
  /** The answer when `wantsJson`. */
  readonly json?: unknown;
}

export type Script = (context: ScriptContext) => ScriptedTurn;

/**
 * A deterministic model: its next turn follows from the transcript, so that any process may take
 * over after any step and examples, tests and a first start need no key. It streams word by word,
 * counts usage as one token for four characters, and honours `maxOutputTokens` by cutting its text.
 */
export function scriptedModel(script: Script, modelId = 'scripted'): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'longrun',
    modelId,
    supportedUrls: { '*/*': [/.*/] },
    async doGenerate(options) {
      const turn = speak(script, options);
      return {
        content: [
          ...(turn.reasoning ? [{ type: 'reasoning' as const, text: turn.reasoning }] : []),
          ...(turn.text ? [{ type: 'text' as const, text: turn.text }] : []),
          ...turn.calls,
        ],
        finishReason: turn.finishReason,
        usage: turn.usage,
        warnings: [],
      };
    },
    async doStream(options) {
      return { stream: ReadableStream.from(streamParts(speak(script, options), options)) };
    },
  };
}

type Spoken = ReturnType<typeof speak>;

function speak(script: Script, options: LanguageModelV4CallOptions) {
  const turn = script(contextOf(options));
  const full = turn.json === undefined ? (turn.text ?? '') : JSON.stringify(turn.json);
  const limit = options.maxOutputTokens;
  const text = limit === undefined ? full : full.slice(0, limit * charactersPerToken);
  const spokenBefore = options.prompt.filter((message) => message.role === 'assistant').length;
  const calls = (turn.toolCalls ?? []).map((call, index) => ({
    type: 'tool-call' as const,
    toolCallId: `call_${spokenBefore}_${index}`,
    toolName: call.name,
    input: JSON.stringify(call.input),
  }));
  const stop = text.length < full.length ? 'length' : calls.length > 0 ? 'tool-calls' : 'stop';
  return {
    reasoning: turn.reasoning ?? '',
    text,
    calls,
    finishReason: { unified: stop, raw: undefined } as const,
    usage: usageOf(options.prompt, turn.reasoning ?? '', text, calls),
  };
}

function contextOf(options: LanguageModelV4CallOptions): ScriptContext {
  const { prompt } = options;
  const asked = prompt.findLastIndex(
    (message) => message.role === 'user' && wrongOf(textOf(message)) === undefined,
  );
  const question = prompt[asked];
  const parts = question?.role === 'user' ? question.content : [];
  const since = prompt.slice(asked + 1);
  return {
    message: question?.role === 'user' ? textOf(question) : '',
    mistakes: since.flatMap((message) =>
      message.role === 'user' ? (wrongOf(textOf(message)) ?? []) : [],
    ),
    media: parts.flatMap((part) => (part.type === 'file' ? [toMedium(part)] : [])),
    results: resultsOf(since),
    turn: since.filter((message) => message.role === 'assistant').length,
    prompt,
    wantsJson: options.responseFormat?.type === 'json',
    jsonName: options.responseFormat?.type === 'json' ? options.responseFormat.name : undefined,
  };
}

type UserMessage = Extract<LanguageModelV4Prompt[number], { role: 'user' }>;
type FilePart = Extract<UserMessage['content'][number], { type: 'file' }>;

const textOf = ({ content }: UserMessage) =>
  content.map((part) => (part.type === 'text' ? part.text : '')).join('');

const toMedium = ({ mediaType, data }: FilePart) => ({
  mediaType,
  ...(data.type === 'data' && typeof data.data !== 'string' ? { bytes: data.data } : {}),
});

/** The finished tool calls of a prompt with their arguments, oldest first. */
export function resultsOf(prompt: LanguageModelV4Prompt): ScriptedResult[] {
  const inputs = new Map<string, unknown>();
  const results: ScriptedResult[] = [];
  for (const message of prompt) {
    if (message.role !== 'assistant' && message.role !== 'tool') continue;
    for (const part of message.content) {
      if (part.type === 'tool-call') inputs.set(part.toolCallId, part.input);
      if (part.type === 'tool-result') results.push(toScripted(part, inputs.get(part.toolCallId)));
    }
  }
  return results;
}

function toScripted(part: ToolResult, asked: unknown): ScriptedResult {
  const changed = untellResult(part);
  return {
    toolName: part.toolName,
    input: changed?.arguments ?? asked,
    ...outcomeOf(changed?.output ?? part.output),
  };
}

type ToolResult = Parameters<typeof untellResult>[0];

function outcomeOf(output: ToolResult['output']): Pick<ScriptedResult, 'value' | 'outcome'> {
  switch (output.type) {
    case 'execution-denied':
      return { value: output.reason, outcome: 'denied' };
    case 'error-text':
    case 'error-json':
      return { value: output.value, outcome: 'error' };
    default:
      return { value: output.value, outcome: 'ok' };
  }
}

async function* streamParts(
  turn: Spoken,
  options: LanguageModelV4CallOptions,
): AsyncGenerator<LanguageModelV4StreamPart> {
  yield { type: 'stream-start', warnings: [] };
  if (turn.reasoning) {
    yield { type: 'reasoning-start', id: 'reasoning' };
    for (const delta of words(turn.reasoning, options.abortSignal))
      yield { type: 'reasoning-delta', id: 'reasoning', delta };
    yield { type: 'reasoning-end', id: 'reasoning' };
  }
  if (turn.text) {
    yield { type: 'text-start', id: 'text' };
    for (const delta of words(turn.text, options.abortSignal))
      yield { type: 'text-delta', id: 'text', delta };
    yield { type: 'text-end', id: 'text' };
  }
  yield* turn.calls;
  yield { type: 'finish', usage: turn.usage, finishReason: turn.finishReason };
}

function* words(text: string, signal: AbortSignal | undefined) {
  for (const word of text.match(/\s*\S+\s*$|\s*\S+/g) ?? [text]) {
    signal?.throwIfAborted();
    yield word;
  }
}
