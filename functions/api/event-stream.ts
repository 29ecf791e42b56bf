import type { RunEvent } from '#core/run/run-event.ts';

/**
 * Server-sent events: numbered, so that a reader that was cut off resumes with `Last-Event-ID`, and
 * one line of JSON each.
 * @param batches what there is at a time; an empty one stands for a time without events
 * @param reconnectMs how soon a reader comes back whose stream has ended before the run
 */
export async function* toEventStream(
  batches: AsyncIterable<readonly RunEvent[]>,
  reconnectMs: number,
): AsyncGenerator<string> {
  let head = `retry: ${reconnectMs}\n\n`;
  for await (const events of batches) {
    yield head + (events.map(frame).join('') || ': ping\n\n');
    head = '';
  }
  // A reader who has seen everything gets an answer too.
  if (head !== '') yield head;
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
