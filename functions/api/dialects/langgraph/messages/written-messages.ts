import * as z from 'zod';
import { invalidInput } from '#core/run/run-error.ts';
import type { Checkpoint } from '#core/session/checkpoints.ts';
import type { AssistantPart, Message } from '#core/session/transcript.ts';
import { readContent } from './content-blocks.ts';
import { toMessages } from './messages.ts';

/* A state that a caller writes: messages are added, those whose id is known take their place. */

const Content = z.union([z.string(), z.array(z.unknown()), z.null()]).default('');
const head = { id: z.string().nullish(), content: Content, name: z.string().nullish() };
const isA = <Name extends string>(...names: readonly [Name, ...Name[]]) => z.enum(names);

const Human = z.looseObject({ ...head, type: isA('human', 'user') });
const Ai = z.looseObject({
  ...head,
  type: isA('ai', 'assistant', 'AIMessageChunk'),
  tool_calls: z
    .array(z.looseObject({ id: z.string(), name: z.string(), args: z.unknown() }))
    .nullish(),
});
const Tool = z.looseObject({
  ...head,
  type: isA('tool'),
  tool_call_id: z.string(),
  status: z.enum(['success', 'error']).nullish(),
});
const Remove = z.looseObject({ type: isA('remove'), id: z.string() });

const WrittenMessage = z.preprocess(
  (value) =>
    typeof value === 'object' && value !== null && 'role' in value && !('type' in value)
      ? { ...value, type: value.role }
      : value,
  z.discriminatedUnion('type', [Human, Ai, Tool, Remove]),
);
type WrittenMessage = z.infer<typeof WrittenMessage>;

const removeAll = '__remove_all__';

export interface WrittenState {
  readonly messages: Message[];
  /** Whether they are all that is said from here on. */
  readonly restarts: boolean;
}

/**
 * @param branch what was said before
 * @throws RunError invalid_input
 */
export function writeMessages(values: unknown, branch: readonly Checkpoint[]): WrittenState {
  const written = written_(values);
  const before = branch.flatMap(singly);
  const known = new Set(before.map(({ id }) => id));
  const changes = written.some(({ type, id }) => type === 'remove' || (id && known.has(id)));
  if (!changes) return { messages: toTranscript(written, before), restarts: false };
  return { messages: merge(before, written), restarts: true };
}

const Values = z.object({ messages: z.union([z.array(z.unknown()), z.unknown()]).optional() });

function written_(values: unknown): WrittenMessage[] {
  const list = (Array.isArray(values) ? values : [values ?? {}]).flatMap((one) => {
    const { messages = [] } = Values.parse(one);
    return Array.isArray(messages) ? messages : [messages];
  });
  return list.map((one, i) => {
    const parsed = WrittenMessage.safeParse(one);
    if (parsed.success) return parsed.data;
    const message = 'must be a message of type human, ai, tool or remove';
    throw invalidInput([{ field: `values.messages[${i}]`, message }]);
  });
}

interface Single {
  readonly id: string;
  readonly message: Message;
}

/** Each with the id under which it was shown. */
function singly(checkpoint: Checkpoint): Single[] {
  const single = checkpoint.appended.flatMap((message): Message[] =>
    message.role === 'tool'
      ? message.content.map((part) => ({ role: 'tool', content: [part] }))
      : [message],
  );
  const shown = toMessages(checkpoint, checkpoint.appended);
  return single.map((message, i) => ({ id: shown[i]?.id ?? '', message }));
}

function merge(before: readonly Single[], written: readonly WrittenMessage[]): Message[] {
  const places = new Map(before.map(({ id, message }) => [id, message]));
  let added = 0;
  for (const one of written) {
    if (one.type === 'remove') {
      if (one.id === removeAll) places.clear();
      else places.delete(one.id);
    } else {
      const [message] = toTranscript([one], before);
      added += 1;
      if (message) places.set(one.id ?? `added ${added}`, message);
    }
  }
  return [...places.values()];
}

function toTranscript(written: readonly WrittenMessage[], before: readonly Single[]): Message[] {
  const names = new Map(
    [...before.map(({ message }) => message), ...written.flatMap(aiOf)].flatMap((message) =>
      message.role === 'assistant'
        ? message.content.flatMap((part) =>
            part.type === 'tool-call' ? [[part.toolCallId, part.toolName] as const] : [],
          )
        : [],
    ),
  );
  return written.flatMap((one, i): Message[] => {
    switch (one.type) {
      case 'remove':
        return [];
      case 'tool': {
        const toolName = one.name ?? names.get(one.tool_call_id) ?? 'tool';
        const type = one.status === 'error' ? ('error-text' as const) : ('text' as const);
        const output = { type, value: textOf(one.content, i) };
        const part = {
          type: 'tool-result' as const,
          toolCallId: one.tool_call_id,
          toolName,
          output,
        };
        return [{ role: 'tool', content: [part] }];
      }
      case 'human':
      case 'user':
        return [{ role: 'user', content: [{ type: 'text', text: textOf(one.content, i) }] }];
      default:
        return aiOf(one, i);
    }
  });
}

function aiOf(one: WrittenMessage, index: number): Message[] {
  if (!('tool_calls' in one) && one.type !== 'ai' && one.type !== 'assistant') return [];
  const ai = Ai.safeParse(one);
  if (!ai.success) return [];
  const text = textOf(ai.data.content, index);
  const calls = (ai.data.tool_calls ?? []).map(({ id, name, args }) => ({
    type: 'tool-call' as const,
    toolCallId: id,
    toolName: name,
    input: args ?? {},
  }));
  const spoken: AssistantPart[] = text === '' ? [] : [{ type: 'text', text }];
  return [{ role: 'assistant', content: [...spoken, ...calls] }];
}

function textOf(content: z.infer<typeof Content>, index: number): string {
  const field = `values.messages[${index}]`;
  const { text, media } = readContent(content, field);
  if (media.length > 0)
    throw invalidInput([{ field, message: 'must be text: media come with runs' }]);
  return text;
}
