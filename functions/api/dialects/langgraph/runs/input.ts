import * as z from 'zod';
import { RunContext } from '#core/run/agents.ts';
import { type FieldError, invalidInput, RunError } from '#core/run/run-error.ts';
import type { MediaInput } from '#core/run/run-input.ts';
import { readContent } from '../messages/content-blocks.ts';

/** What a run is asked, taken from the `input` that is a graph's state in the original. */
export interface AskedInput {
  readonly message: string;
  readonly media: readonly MediaInput[];
  /** The other keys of the input, and under `earlierMessages` what was said before. */
  readonly context: RunContext;
}

/** Apart from media: what checkpoints and prompts have to carry. */
const largestBytes = 256 * 1024;

const roles = {
  human: 'human',
  user: 'human',
  ai: 'ai',
  assistant: 'ai',
  AIMessageChunk: 'ai',
  system: 'system',
  developer: 'system',
  tool: 'tool',
  function: 'tool',
} as const;
const Role = z
  .enum(Object.keys(roles).filter(isRole), {
    error: `must be one of ${Object.keys(roles).join(', ')}`,
  })
  .transform((name) => roles[name]);

function isRole(name: string): name is keyof typeof roles {
  return name in roles;
}

const Content = z.union([z.string(), z.array(z.unknown()), z.null()]).default('');

/** As the SDKs and LangChain write a message: by `role`, by `type`, as a pair, or as a text. */
const InputMessage = z.union([
  z.string().transform((content) => ({ role: 'human' as const, content })),
  z.tuple([Role, Content]).transform(([role, content]) => ({ role, content })),
  z.looseObject({ role: Role, content: Content }),
  z
    .looseObject({ type: Role, content: Content })
    .transform(({ type, ...message }) => ({ ...message, role: type })),
]);
type InputMessage = z.infer<typeof InputMessage>;

/**
 * The last human messages are what the run is asked; whatever was said before them is context. An
 * input without messages is asked as it is written.
 * @throws RunError invalid_input, payload_too_large
 */
export function readInput(input: unknown): AskedInput {
  const asked = read(input);
  const { message, context } = asked;
  if (Buffer.byteLength(message) + Buffer.byteLength(JSON.stringify(context)) > largestBytes)
    throw new RunError('payload_too_large', 'The input is limited to 256 KB apart from media.');
  return asked;
}

function read(input: unknown): AskedInput {
  if (input === undefined || input === null) return { message: '', media: [], context: {} };
  if (typeof input === 'string' || Array.isArray(input))
    return readMessages(typeof input === 'string' ? [input] : input, {});
  const state = RunContext.safeParse(input);
  if (!state.success) throw invalidInput([{ field: 'input', message: 'must be a JSON object' }]);
  const { messages, ...context } = state.data;
  if (messages !== undefined)
    return readMessages(Array.isArray(messages) ? messages : [messages], context);
  const isEmpty = Object.keys(context).length === 0;
  return { message: isEmpty ? '' : JSON.stringify(context), media: [], context };
}

function readMessages(written: readonly unknown[], context: RunContext): AskedInput {
  const messages = written.map(parseMessage);
  const asked = messages.slice(messages.findLastIndex(({ role }) => role !== 'human') + 1);
  const earlier = messages.slice(0, messages.length - asked.length);
  const offset = earlier.length;
  const parts = asked.map(({ content }, i) => readContent(content, fieldOf(offset + i)));
  return {
    message: parts
      .map(({ text }) => text)
      .filter((text) => text !== '')
      .join('\n\n'),
    media: parts.flatMap(({ media }) => media),
    context:
      earlier.length === 0 ? context : { ...context, earlierMessages: earlier.map(toEarlier) },
  };
}

const fieldOf = (index: number) => `input.messages[${index}]`;

function parseMessage(written: unknown, index: number): InputMessage {
  const parsed = InputMessage.safeParse(written);
  if (parsed.success) return parsed.data;
  const wrong: FieldError = {
    field: fieldOf(index),
    message: 'must be a text, or have a role (or type) and content',
  };
  throw invalidInput([wrong]);
}

const toEarlier = ({ role, content }: InputMessage, index: number) => ({
  role,
  content: readContent(content, fieldOf(index)).text,
});
