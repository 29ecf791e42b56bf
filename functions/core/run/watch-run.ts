import type { RunKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { hasEnded, type Run } from './run.ts';
import { isLastEvent, type RunEvent } from './run-event.ts';
import { eventItemsPerQuery, eventsAfter, getRun } from './run-repository.ts';

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
  const watcher = deps.watch.watch(key, false);
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

/**
 * The run's events after number `after`, those that are there at once and the others as they come,
 * to the last one. An empty batch stands for `heartbeatMs` without any.
 */
export async function* followRun(
  deps: Deps,
  key: RunKey,
  after: number,
  heartbeatMs: number,
  signal: AbortSignal,
): AsyncGenerator<readonly RunEvent[]> {
  const watcher = deps.watch.watch(key, true);
  const gone = () => watcher.close();
  signal.addEventListener('abort', gone);
  let seen = after;
  let quietSince = deps.clock.now();
  try {
    if (await hasSeenAll(deps, key, after)) return;
    while (!signal.aborted) {
      const events = await eventsAfter(deps, key, seen);
      const quiet = deps.clock.now() - quietSince >= heartbeatMs;
      if (events.length > 0 || quiet) {
        yield events;
        quietSince = deps.clock.now();
      }
      const last = events.at(-1);
      if (last && isLastEvent(last)) return;
      seen = last?.seq ?? seen;
      // A full page is not all that there is.
      if (events.length < eventItemsPerQuery) await watcher.changed(heartbeatMs);
    }
  } finally {
    signal.removeEventListener('abort', gone);
    watcher.close();
  }
}

/** A reader who comes back with the number of the last event gets no other. */
async function hasSeenAll(deps: Deps, key: RunKey, after: number): Promise<boolean> {
  if (after === 0) return false;
  const run = await getRun(deps, key);
  return hasEnded(run) && run.lastSeq <= after;
}
