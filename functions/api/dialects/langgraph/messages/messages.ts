import { v5 as uuidv5 } from 'uuid';
import * as z from 'zod';
import { toolOutputText } from '#api/tool-output-text.ts';
import type { AgentRequest } from '#core/run/agents.ts';
import type { CheckpointRef, Usage } from '#core/run/run.ts';
import type { AssistantPart, FilePart, Message, ToolOutput } from '#core/session/transcript.ts';

/* The transcript as LangChain writes messages: https://reference.langchain.com, `BaseMessage`. */

/** Part of a message: `text`, `reasoning`, or a medium, whose bytes stay here. */
export const ContentBlock = z.looseObject({ type: z.string() });
export type ContentBlock = z.infer<typeof ContentBlock>;

const common = {
  content: z.union([z.string(), z.array(ContentBlock)]),
  additional_kwargs: z.record(z.string(), z.unknown()),
  response_metadata: z.record(z.string(), z.unknown()),
  name: z.string().nullable(),
  id: z.string(),
};

const ToolCall = z.object({
  name: z.string(),
  args: z.record(z.string(), z.unknown()),
  id: z.string(),
  type: z.literal('tool_call'),
});

export const UsageMetadata = z.object({
  input_tokens: z.number(),
  output_tokens: z.number(),
  total_tokens: z.number(),
});
export type UsageMetadata = z.infer<typeof UsageMetadata>;

export const HumanMessage = z.object({ ...common, type: z.literal('human') });
export type HumanMessage = z.infer<typeof HumanMessage>;

export const AiMessage = z.object({
  ...common,
  type: z.literal('ai'),
  tool_calls: z.array(ToolCall),
  invalid_tool_calls: z.array(
    z.object({ name: z.string(), args: z.string(), id: z.string(), error: z.null() }),
  ),
  usage_metadata: UsageMetadata.nullable(),
});
export type AiMessage = z.infer<typeof AiMessage>;

export const ToolMessage = z.object({
  ...common,
  type: z.literal('tool'),
  tool_call_id: z.string(),
  artifact: z.null(),
  status: z.enum(['success', 'error']),
});
export type ToolMessage = z.infer<typeof ToolMessage>;

export const LangChainMessage = z.discriminatedUnion('type', [
  HumanMessage,
  AiMessage,
  ToolMessage,
]);
export type LangChainMessage = z.infer<typeof LangChainMessage>;

const namespace = 'a1f0c9b4-7d5e-5c62-9c1d-0d6f5f2b8a37';

/**
 * The same for a message each time it is shown, in a stream before its step has ended too.
 * @param place whose message of which kind: one step has at most one of the model
 */
const messageId = ({ runId, step }: CheckpointRef, place: string) =>
  uuidv5(`${runId}/${step}/${place}`, namespace);

export const aiMessageId = (at: CheckpointRef, index = 0) => messageId(at, `ai/${index}`);

/** What one step of a run has added to its thread. */
export function toMessages(at: CheckpointRef, appended: readonly Message[]): LangChainMessage[] {
  const messages: LangChainMessage[] = [];
  const next = (type: 'human' | 'ai') => messages.filter((one) => one.type === type).length;
  for (const message of appended) {
    if (message.role === 'user')
      messages.push(toHuman(messageId(at, `human/${next('human')}`), message.content));
    else if (message.role === 'assistant')
      messages.push(toAi(aiMessageId(at, next('ai')), message));
    else messages.push(...message.content.map((part) => toToolMessage(at, part)));
  }
  return messages;
}

/** What a run was asked, before its first step has written it down. */
export const toQuestion = (
  runId: string,
  { message, media }: Pick<AgentRequest, 'message' | 'media'>,
): HumanMessage =>
  toHuman(messageId({ runId, step: 1 }, 'human/0'), [{ type: 'text', text: message }, ...media]);

type Of<Role> = Extract<Message, { role: Role }>;

function toHuman(id: string, parts: Of<'user'>['content']): HumanMessage {
  const [first, ...rest] = parts;
  const content =
    first?.type === 'text' && rest.length === 0 ? first.text : parts.map(toInputBlock);
  return { type: 'human', ...head(id), content };
}

const toInputBlock = (part: Of<'user'>['content'][number]): ContentBlock =>
  part.type === 'text' ? { type: 'text', text: part.text } : toMediaBlock(part);

/** A transcript holds no bytes, and a message none either. */
function toMediaBlock({ mediaType, source }: FilePart): ContentBlock {
  const kind = mediaType.split('/')[0] ?? '';
  return {
    type: ['image', 'audio', 'video'].includes(kind) ? kind : 'file',
    mime_type: mediaType,
    ...(source.type === 'url' ? { url: source.url } : { size_bytes: source.sizeBytes }),
  };
}

function toAi(id: string, { content, model, usage }: Of<'assistant'>): AiMessage {
  const calls = content.flatMap((part) => (part.type === 'tool-call' ? [part] : []));
  return {
    type: 'ai',
    ...head(id),
    content: toSpokenBlocks(content),
    response_metadata: model === undefined ? {} : { model_name: model },
    tool_calls: calls.flatMap(toToolCall),
    invalid_tool_calls: calls.flatMap(toInvalidToolCall),
    usage_metadata: usage === undefined ? null : toUsageMetadata(usage),
  };
}

/** What was said without a break is one block; `index` lets a client put its pieces together. */
export function toSpokenBlocks(parts: readonly AssistantPart[]): ContentBlock[] {
  const spoken: { type: 'text' | 'reasoning'; text: string }[] = [];
  for (const part of parts) {
    if (part.type === 'tool-call' || part.text === '') continue;
    const last = spoken.at(-1);
    if (last?.type === part.type) last.text += part.text;
    else spoken.push({ type: part.type, text: part.text });
  }
  return spoken.map(({ type, text }, index) => toSpokenBlock(type, text, index));
}

export const toSpokenBlock = (type: 'text' | 'reasoning', text: string, index: number) =>
  type === 'text' ? { type, text, index } : { type, reasoning: text, index };

type Call = Extract<AssistantPart, { type: 'tool-call' }>;

const Arguments = z.record(z.string(), z.unknown());

function toToolCall({ toolCallId: id, toolName: name, input }: Call): AiMessage['tool_calls'] {
  const args = Arguments.safeParse(input);
  return args.success ? [{ name, args: args.data, id, type: 'tool_call' }] : [];
}

/** What a model wrote that is no JSON object. */
function toInvalidToolCall(call: Call): AiMessage['invalid_tool_calls'] {
  const { toolCallId: id, toolName: name, input } = call;
  if (toToolCall(call).length > 0) return [];
  const args = typeof input === 'string' ? input : JSON.stringify(input);
  return [{ name, args, id, error: null }];
}

export const toUsageMetadata = ({ inputTokens, outputTokens }: Usage): UsageMetadata => ({
  input_tokens: inputTokens,
  output_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
});

interface ToolResult {
  readonly toolCallId: string;
  readonly toolName: string;
  readonly output: ToolOutput;
}

/** The answer to one call: once in a step, and in a stream before the step has ended. */
export function toToolMessage(
  at: CheckpointRef,
  { toolCallId, toolName, output }: ToolResult,
): ToolMessage {
  const failed = output.type === 'error-text' || output.type === 'execution-denied';
  return {
    type: 'tool',
    ...head(messageId(at, `tool/${toolCallId}`)),
    content: toolOutputText(output),
    name: toolName,
    tool_call_id: toolCallId,
    artifact: null,
    status: failed ? 'error' : 'success',
  };
}

const head = (id: string) => ({
  additional_kwargs: {},
  response_metadata: {},
  name: null,
  id,
});

/** A piece of what a model says; whoever reads them puts those of one id together. */
export const toChunk = (
  id: string,
  piece: Partial<Omit<AiMessage, 'type' | 'id'>> & { readonly chunk_position?: 'last' },
) => {
  const { tool_calls = [], chunk_position = null } = piece;
  return {
    ...head(id),
    invalid_tool_calls: [],
    usage_metadata: null,
    ...piece,
    type: 'AIMessageChunk' as const,
    tool_calls,
    tool_call_chunks: tool_calls.map(({ name, args, id: callId }, index) => ({
      name,
      args: JSON.stringify(args),
      id: callId,
      index,
      type: 'tool_call_chunk' as const,
    })),
    chunk_position,
  };
};
