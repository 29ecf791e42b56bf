import { oneLine } from '#api/event-stream.ts';
import type { StreamMode } from './stream-mode.ts';

/** One event of a stream, for those who have asked for its mode. */
export interface StreamPart {
  /** @default - for everybody */
  readonly mode?: StreamMode;
  readonly event: string;
  readonly data: unknown;
}

/** Where a reader stands: after so many parts of a run's event of that number. */
export interface StreamPlace {
  readonly seq: number;
  readonly part: number;
}

export const beginning: StreamPlace = { seq: 0, part: 0 };

/** Before everything, in the words of the SDKs. */
const replayAll = '-1';

/**
 * The place that the id of an event names. What names none stands for the beginning: a reader that
 * brings an id from elsewhere has seen nothing of this stream.
 */
export function parsePlace(id: string | undefined): StreamPlace {
  const [, seq, part] = /^(\d{1,9})-(\d{1,4})$/.exec(id ?? replayAll) ?? [];
  return seq === undefined ? beginning : { seq: Number(seq), part: Number(part) };
}

const isAfter = (place: StreamPlace, seen: StreamPlace) =>
  place.seq > seen.seq || (place.seq === seen.seq && place.part > seen.part);

export interface PartsOfEvent {
  readonly seq: number;
  readonly parts: readonly StreamPart[];
}

/**
 * What of it goes to a reader. The number of a part counts those of all modes, so that an id means
 * the same whatever is asked for.
 */
export function toFrames(
  { seq, parts }: PartsOfEvent,
  modes: readonly StreamMode[],
  seen: StreamPlace,
): string {
  return parts
    .map((part, i) => ({ part, place: { seq, part: i + 1 } }))
    .filter(({ part: { mode }, place }) => {
      return isAfter(place, seen) && (mode === undefined || modes.includes(mode));
    })
    .map(({ part, place }) => frameOf(part, `${place.seq}-${place.part}`))
    .join('');
}

/** The id comes last, as LangGraph's server writes it. */
export const frameOf = ({ event, data }: StreamPart, id?: string): string =>
  [
    `event: ${event}`,
    `data: ${oneLine(data)}`,
    ...(id === undefined ? [] : [`id: ${id}`]),
    '\r\n',
  ].join('\r\n');

/** No blank line follows: the JavaScript SDK 2.0.0 would take it for the end of an event. */
export const heartbeat = ': heartbeat\r\n';
