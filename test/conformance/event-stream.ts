import * as z from 'zod';
import type { Client } from './client.ts';
import { deadlineSeconds } from './eventually.ts';
import { RunEvent } from './wire-of-events.ts';

const reconnectAfterMs = 50;

export interface StreamOptions {
  /** Number of the last event that has been read. @default - from the first one */
  readonly after?: number | undefined;
  /** The connection breaks after so many bytes, wherever that is. @default - it does not */
  readonly maxBytes?: number | undefined;
}

/**
 * The events of one connection, until the target closes it or it breaks.
 * @throws on anything that is not as documented
 */
export async function* connect(
  client: Client,
  runId: string,
  { after, maxBytes = Number.MAX_SAFE_INTEGER }: StreamOptions = {},
): AsyncGenerator<RunEvent> {
  const connection = new AbortController();
  const response = await client.send('GET', `/api/runs/${runId}/events`, {
    headers: after === undefined ? {} : { 'Last-Event-ID': String(after) },
    signal: AbortSignal.any([connection.signal, AbortSignal.timeout(deadlineSeconds * 1000)]),
  });
  const type = response.headers.get('Content-Type')?.split(';')[0];
  if (response.status !== 200 || type !== 'text/event-stream' || !response.body)
    throw new Error(`The events of ${runId} are answered with ${response.status} ${type}`);
  const decoder = new TextDecoder();
  let unparsed = '';
  let bytesLeft = maxBytes;
  try {
    for await (const bytes of response.body) {
      unparsed += decoder.decode(bytes.subarray(0, bytesLeft), { stream: true });
      bytesLeft -= bytes.length;
      const frames = unparsed.split('\n\n');
      unparsed = frames.pop() ?? '';
      yield* frames.flatMap(parseFrame);
      if (bytesLeft <= 0) return;
    }
  } finally {
    connection.abort();
  }
}

/**
 * The events after one to the last one, over as many connections as the target needs for it.
 * @throws when it has not come after `deadlineSeconds`
 */
export async function* follow(
  client: Client,
  runId: string,
  after?: RunEvent,
): AsyncGenerator<RunEvent> {
  const endsAt = Date.now() + deadlineSeconds * 1000;
  let latest = after;
  while (!isLast(latest)) {
    if (Date.now() > endsAt) throw new Error(`The events of ${runId} have no end`);
    for await (const event of connect(client, runId, { after: latest?.seq })) {
      latest = event;
      yield event;
    }
    await new Promise((resolve) => setTimeout(resolve, reconnectAfterMs));
  }
}

export async function allEvents(client: Client, runId: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of follow(client, runId)) events.push(event);
  return events;
}

/** What one connection gives, until the target closes it. */
export async function oneConnection(
  client: Client,
  runId: string,
  after?: number,
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of connect(client, runId, { after })) events.push(event);
  return events;
}

const lastTypes: readonly string[] = ['run.completed', 'run.failed', 'run.cancelled'];

export const isLast = (event: RunEvent | undefined) =>
  event !== undefined && lastTypes.includes(event.type);

/** Comments, which only keep a connection alive, and `retry` are no events. */
function parseFrame(frame: string): RunEvent[] {
  const fields = new Map(
    frame.split('\n').map((line) => {
      const [name = '', ...value] = line.split(':');
      return [name, value.join(':').trim()] as const;
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return [];
  const parsed = RunEvent.safeParse(JSON.parse(data));
  if (!parsed.success)
    throw new Error(
      `An event is none of the documented:\n${z.prettifyError(parsed.error)}\n${data}`,
    );
  const event = parsed.data;
  if (fields.get('id') !== `${event.seq}` || fields.get('event') !== event.type)
    throw new Error(`id and event of an event are not those of its data: ${frame}`);
  return [event];
}
