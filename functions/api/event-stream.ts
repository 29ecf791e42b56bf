import type { RunEvent } from '#core/run/run-event.ts';

/** How a dialect tells what happened to a run, as server-sent events. */
export interface EventTranslation {
  /** What goes before the first event. @default - nothing */
  head?(): Promise<string>;
  /**
   * Frames of these events; empty where the dialect has no words for them. Asked once for each event,
   * in their order.
   */
  frames(events: readonly RunEvent[]): Promise<string> | string;
  /** What goes out when nothing has for a while. @default - a comment */
  ping?(): string;
}

/**
 * Server-sent events.
 * @param batches what there is at a time; an empty one stands for a time without events
 * @param reconnectMs how soon a reader comes back whose stream has ended before the run
 */
export async function* toEventStream(
  batches: AsyncIterable<readonly RunEvent[]>,
  { head = nothing, frames, ping = comment }: EventTranslation,
  reconnectMs: number,
): AsyncGenerator<string> {
  yield `retry: ${reconnectMs}\n\n${await head()}`;
  for await (const events of batches) {
    const text = events.length === 0 ? ping() : await frames(events);
    if (text !== '') yield text;
  }
}

const nothing = async () => '';
const comment = () => ': ping\n\n';

export interface Frame {
  /** A line of its own for each line would do; one line of JSON needs no more. */
  readonly data: unknown;
  readonly event?: string;
  readonly id?: number | string;
}

/** One event, its data as one line of JSON. */
export const frame = ({ id, event, data }: Frame): string =>
  [
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...(event === undefined ? [] : [`event: ${event}`]),
    `data: ${oneLine(data)}`,
    '\n',
  ].join('\n');

/** JSON on one line: Python's clients take these for ends of lines, too, which it does not escape. */
export const oneLine = (data: unknown): string =>
  JSON.stringify(data).replace(
    /[\u0085\u2028\u2029]/g,
    (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export const eventStreamHeaders = {
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
} as const;
