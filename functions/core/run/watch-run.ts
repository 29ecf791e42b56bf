import type { RunKey } from '../store/keys.ts';
import type { RunDeps } from './deps.ts';
import { hasEnded, type Run } from './run.ts';
import { isLastEvent, type RunEvent } from './run-event.ts';
import { eventsAfter, findRun, getRun } from './run-repository.ts';

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
    while (!signal.aborted) {
      const events = await eventsAfter(deps, key, seen);
      const quiet = deps.clock.now() - quietSince >= heartbeatMs;
      if (events.length > 0 || quiet) {
        yield events;
        quietSince = deps.clock.now();
      }
      seen = events.at(-1)?.seq ?? seen;
      if (await isOver(deps, key, events, seen)) return;
      if (events.length === 0) await watcher.changed(heartbeatMs);
    }
  } finally {
    signal.removeEventListener('abort', gone);
    watcher.close();
  }
}

/** Whether nothing follows; a reader who comes with the last number has seen all. */
async function isOver(deps: Deps, key: RunKey, events: readonly RunEvent[], seen: number) {
  const last = events.at(-1);
  if (last !== undefined) return isLastEvent(last);
  const run = await findRun(deps, key);
  return run === undefined || (hasEnded(run) && run.lastSeq <= seen);
}
