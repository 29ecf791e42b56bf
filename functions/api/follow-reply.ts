import { invalidInput } from '#core/run/run-error.ts';
import { getRun } from '#core/run/run-repository.ts';
import { followRun } from '#core/run/watch-run.ts';
import type { RunKey } from '#core/store/keys.ts';
import type { OperationReply } from './contract.ts';
import type { DialectDeps } from './dialect-deps.ts';
import { type EventTranslation, eventStreamHeaders, toEventStream } from './event-stream.ts';

const defaultHeartbeatMs = 15_000;
const streamReconnectMs = 3000;
const pollReconnectMs = 100;

export interface FollowRequest {
  readonly run: RunKey;
  /** The reader has seen the events up to this number. */
  readonly after: number;
  readonly translation: EventTranslation;
  /** The translation's head has news: where nothing is sent before the end, that is all. @default false */
  readonly headIsNews?: boolean;
  /** Aborts when the reader has gone. */
  readonly signal: AbortSignal;
  /** @default 15_000 */
  readonly heartbeatMs?: number;
}

/**
 * A run's events as a stream in a dialect's words, to the last one. Before the gateway's limit it
 * ends, and its reader comes back for the rest; where the gateway sends nothing before the end, it is
 * a poll that waits for the next events.
 * @throws RunError run_not_found
 */
export async function followReply(
  deps: DialectDeps,
  request: FollowRequest,
): Promise<OperationReply<never>> {
  const { run, signal, translation, heartbeatMs = defaultHeartbeatMs } = request;
  const { streaming, limitMs, streamLimitMs } = deps.waiting;
  const { lastSeq } = await getRun(deps, run);
  // Nobody has seen more than there is: a larger number belongs to another run.
  const after = Math.min(request.after, lastSeq);
  const options = streaming
    ? { heartbeatMs, ...(streamLimitMs === undefined ? {} : { limitMs: streamLimitMs }) }
    : { heartbeatMs: limitMs, limitMs, once: true };
  const isAll = request.headIsNews === true && !streaming;
  const batches = isAll ? noBatches() : followRun(deps, run, after, options, signal);
  const reconnectMs = streaming ? streamReconnectMs : pollReconnectMs;
  return { body: toEventStream(batches, translation, reconnectMs), headers: eventStreamHeaders };
}

async function* noBatches() {}

/** The number of the last event that a reader has seen. @throws RunError invalid_input */
export function parseLastEventId(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (!/^\d{1,9}$/.test(text))
    throw invalidInput([
      {
        in: 'header',
        field: 'Last-Event-ID',
        message: 'must be the id of an event',
        input: text,
      },
    ]);
  return Number(text);
}
