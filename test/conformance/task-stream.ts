import * as z from 'zod';
import type { Client } from './client.ts';
import { deadlineSeconds } from './eventually.ts';
import { TaskEvent } from './wire-of-tasks.ts';

export interface Told {
  readonly id: number;
  readonly data: TaskEvent;
}

interface Options {
  /** Id of the last event that was read. @default - none was */
  readonly after?: number | undefined;
  /** The connection breaks after so many bytes. @default - it does not */
  readonly maxBytes?: number | undefined;
}

/** What one connection tells of a task until it ends or breaks. @throws where it is not as documented */
export async function* connectTask(
  client: Client,
  taskId: string,
  { after, maxBytes = Number.MAX_SAFE_INTEGER }: Options = {},
): AsyncGenerator<Told> {
  const connection = new AbortController();
  const response = await client.send('GET', `/api/tasks/${taskId}/progress`, {
    headers: after === undefined ? {} : { 'Last-Event-ID': `${after}` },
    signal: AbortSignal.any([connection.signal, AbortSignal.timeout(deadlineSeconds * 1000)]),
  });
  const type = response.headers.get('Content-Type')?.split(';')[0];
  if (response.status !== 200 || type !== 'text/event-stream' || !response.body)
    throw new Error(`The progress of ${taskId} is answered with ${response.status} ${type}`);
  const decoder = new TextDecoder();
  let unparsed = '';
  let left = maxBytes;
  try {
    for await (const bytes of response.body) {
      unparsed += decoder.decode(bytes.subarray(0, left), { stream: true });
      left -= bytes.length;
      const frames = unparsed.split('\n\n');
      unparsed = frames.pop() ?? '';
      yield* frames.flatMap(parseFrame);
      if (left <= 0) return;
    }
  } finally {
    connection.abort();
  }
}

/** All that is told of a task to its end, as an `EventSource` hears it: it comes back after each break. */
export async function followTask(
  client: Client,
  taskId: string,
  cuts: readonly number[] = [],
): Promise<Told[]> {
  const heard: Told[] = [];
  const endsAt = Date.now() + deadlineSeconds * 1000;
  for (let i = 0; !hasEnded(heard); i += 1) {
    if (Date.now() > endsAt) throw new Error(`The progress of ${taskId} has no end`);
    const options = { after: heard.at(-1)?.id, maxBytes: cuts[i] };
    for await (const told of connectTask(client, taskId, options)) heard.push(told);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return heard;
}

const ends: readonly string[] = ['completed', 'failed', 'cancelled'];
const hasEnded = (heard: readonly Told[]) => ends.includes(heard.at(-1)?.data.status ?? '');

export async function oneConnectionTo(client: Client, taskId: string, after?: number) {
  const heard: Told[] = [];
  for await (const told of connectTask(client, taskId, { after })) heard.push(told);
  return heard;
}

/** What one hears first; the connection is not read any further. */
export async function firstOf(client: Client, taskId: string): Promise<Told | undefined> {
  for await (const told of connectTask(client, taskId)) return told;
  return undefined;
}

function parseFrame(text: string): Told[] {
  const fields = new Map(
    text.split('\n').map((line) => {
      const [name = '', ...value] = line.split(':');
      return [name, value.join(':').trim()] as const;
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return [];
  if (fields.has('event')) throw new Error(`An event has a name: ${text}`);
  const parsed = TaskEvent.safeParse(JSON.parse(data));
  if (!parsed.success) throw new Error(`Not documented: ${data}\n${z.prettifyError(parsed.error)}`);
  return [{ id: Number(fields.get('id')), data: parsed.data }];
}
