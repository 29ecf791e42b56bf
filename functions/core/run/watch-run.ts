import type { RunKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { hasEnded, type Run } from './run.ts';
import { isLastEvent, type RunEvent } from './run-event.ts';
import { eventItemsPerQuery, eventsAfter, getRun } from './run-repository.ts';
import type { RunWatcher } from './run-watch.ts';

type Deps = Pick<RunDeps, 'store' | 'clock' | 'log' | 'watch'>;

/**
 * Waits until the run is as wanted, or the time is up, or the caller has gone.
 * @returns the run as it is then
 * @throws RunError run_not_found
 */
export async function awaitRun(
  deps: Deps,
  key: RunKey,
  until: (run: Run) => boolean,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Run> {
  const endsAt = deps.clock.now() + timeoutMs;
  const watcher = deps.watch.watch(key, 'wait');
  const gone = () => watcher.close();
  signal.addEventListener('abort', gone);
  try {
    for (;;) {
      const run = await getRun(deps, key);
      const left = endsAt - deps.clock.now();
      if (until(run) || left <= 0 || signal.aborted) return run;
      await watcher.changed(left);
    }
  } finally {
    signal.removeEventListener('abort', gone);
    watcher.close();
  }
}

export interface FollowOptions {
  /** After so long without events there is an empty batch. */
  readonly heartbeatMs: number;
  /** Ends after so long, though the run goes on. @default - with the run */
  readonly limitMs?: number;
  /** Ends with the first batch that has events, though the run goes on. @default false */
  readonly once?: boolean;
}

/**
 * The run's events after number `after`, those that are there at once and the others as they come,
 * to the last one.
 */
export async function* followRun(
  deps: Deps,
  key: RunKey,
  after: number,
  options: FollowOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly RunEvent[]> {
  const watcher = deps.watch.watch(key, 'read');
  const gone = () => watcher.close();
  signal.addEventListener('abort', gone);
  try {
    if (await hasSeenAll(deps, key, after)) return;
    const { limitMs = Number.MAX_SAFE_INTEGER, once = false } = options;
    yield* batches(deps, watcher, key, after, { ...options, limitMs, once }, signal);
  } finally {
    signal.removeEventListener('abort', gone);
    watcher.close();
  }
}

async function* batches(
  deps: Deps,
  watcher: RunWatcher,
  key: RunKey,
  after: number,
  { heartbeatMs, limitMs, once }: Required<FollowOptions>,
  signal: AbortSignal,
): AsyncGenerator<readonly RunEvent[]> {
  let seen = after;
  let quietSince = deps.clock.now();
  const endsAt = quietSince + limitMs;
  while (!signal.aborted) {
    const events = await eventsAfter(deps, key, seen);
    if (events.length > 0 || deps.clock.now() - quietSince >= heartbeatMs) {
      yield events;
      quietSince = deps.clock.now();
    }
    const last = events.at(-1);
    if (endsStream(last, once) || deps.clock.now() >= endsAt) return;
    if (last) watcher.moved();
    seen = last?.seq ?? seen;
    // A full page is not all that there is.
    if (events.length < eventItemsPerQuery)
      await watcher.changed(Math.min(heartbeatMs, endsAt - deps.clock.now()));
  }
}

const endsStream = (last: RunEvent | undefined, once: boolean) =>
  last !== undefined && (once || isLastEvent(last));

/** A reader who comes back with the number of the last event gets no other. */
async function hasSeenAll(deps: Deps, key: RunKey, after: number): Promise<boolean> {
  if (after === 0) return false;
  const run = await getRun(deps, key);
  return hasEnded(run) && run.lastSeq <= after;
}
