import { Client as Client2, type StreamMode } from '@langchain/langgraph-sdk';
import { Client as Client1 } from 'langgraph-sdk-v1';
import { afterAll, inject } from 'vitest';
import * as z from 'zod';

const target = inject('target');

/** What `npm install` gives, and the line that is being worked on. They differ on the wire. */
const clients = { '2.0.0': Client2, '1.15.0': Client1 } as const;
export const sdks = ['2.0.0', '1.15.0'] as const;
export type Sdk = (typeof sdks)[number];

/** The JavaScript SDK as a client of the target, of us or of another tenant. */
export function clientOf(sdk: Sdk, token = target.token) {
  const Client = clients[sdk];
  // What is refused here is refused for good, or a mistake that is to be seen at once.
  return new Client({ apiUrl: target.url, apiKey: token, callerOptions: { maxRetries: 0 } });
}
export type SdkClient = ReturnType<typeof clientOf>;

interface Asked {
  readonly input?: Record<string, unknown>;
  readonly command?: { resume: unknown };
  readonly streamMode?: StreamMode | StreamMode[];
  readonly interruptAfter?: '*' | string[];
  readonly onRunCreated?: (run: { run_id: string; thread_id?: string }) => void;
}

/** What the types of the two SDKs, unlike themselves, cannot be asked for in one way. */
export function stream(
  client: SdkClient,
  thread: string | null,
  assistant: string,
  asked: Asked,
): AsyncIterable<Told> {
  if (client instanceof Client1)
    return thread === null
      ? client.runs.stream(null, assistant, asked)
      : client.runs.stream(thread, assistant, asked);
  return thread === null
    ? client.runs.stream(null, assistant, asked)
    : client.runs.stream(thread, assistant, asked);
}

export const them = (sdk: Sdk) => clientOf(sdk, target.otherToken);

const threadIds: string[] = [];

/** A thread that is at rest again when the tests of a file are done. */
export async function aThread(client: SdkClient): Promise<string> {
  const { thread_id } = await client.threads.create();
  threadIds.push(thread_id);
  return thread_id;
}

afterAll(async () => {
  const client = clientOf('1.15.0');
  await Promise.allSettled(threadIds.map((id) => client.threads.delete(id)));
});

export const said = (content: string) => ({ messages: [{ role: 'user', content }] });

const Message = z.looseObject({
  type: z.string(),
  id: z.string(),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]),
});
const Values = z.looseObject({
  messages: z.array(Message),
  __interrupt__: z.array(z.looseObject({ id: z.string(), value: z.unknown() })).optional(),
});

/** @throws where it is no state of an agent */
export const valuesOf = (values: unknown) => Values.parse(values);

const Text = z.looseObject({ type: z.literal('text'), text: z.string() });

/** What the last message says. */
export function answerIn(values: unknown): string {
  const content = valuesOf(values).messages.at(-1)?.content ?? '';
  if (typeof content === 'string') return content;
  return content.map((block) => Text.safeParse(block).data?.text ?? '').join('');
}

export interface Told {
  readonly event: string;
  readonly data: unknown;
  readonly id?: string | undefined;
}

/** All of a stream; what an SDK gives for a stream that ended too soon is nothing. */
export async function told(stream: AsyncIterable<Told>): Promise<Told[]> {
  const all: Told[] = [];
  for await (const part of stream) if (part.event !== '') all.push(part);
  return all;
}

export const dataOf = (event: string, parts: readonly Told[]) =>
  parts.filter((part) => part.event === event).map(({ data }) => data);
