import type { RunEvent } from '#core/run/run-event.ts';

const reconnectMs = 3000;

/**
 * Server-sent events: numbered, so that a reader that was cut off resumes with `Last-Event-ID`, and
 * one line of JSON each.
 * @param source `undefined` stands for a time without events
 */
export async function* toEventStream(
  source: AsyncIterable<RunEvent | undefined>,
): AsyncGenerator<string> {
  yield `retry: ${reconnectMs}\n\n`;
  for await (const event of source) yield event === undefined ? ': ping\n\n' : frame(event);
}

const frame = ({ seq, at, type, data }: RunEvent) =>
  `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify({
    seq,
    at: new Date(at).toISOString(),
    type,
    data,
  })}\n\n`;

export const eventStreamHeaders = {
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
} as const;
