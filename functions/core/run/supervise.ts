import type { RunDeps } from './deps.ts';
import { type LeasedRun, LeaseLost } from './leased-run.ts';
import { findRun, keyOf } from './run-repository.ts';

const firstLookMs = 100;
const lookEveryMs = 1000;
/** A lease is renewed when this part of it is over. */
const renewAfter = 1 / 3;

export interface Supervision {
  /** Aborts when the lease is lost, when the run's time is up and when the host stops. */
  readonly signal: AbortSignal;
  readonly lost: boolean;
  end(): void;
}

/**
 * Looks after a step while it works: reads the run once a second, or as soon as it changes, and
 * renews the lease. A step that is done within 100 ms costs nothing.
 */
export function supervise(
  deps: Pick<RunDeps, 'store' | 'clock' | 'settings' | 'watch' | 'log'>,
  leased: LeasedRun,
  stopping: AbortSignal,
): Supervision {
  const abort = new AbortController();
  const ended = new AbortController();
  const signal = AbortSignal.any([abort.signal, stopping]);
  let lost = false;

  const look = async () => {
    const run = await findRun(deps, keyOf(leased.run));
    if (!leased.holds(run)) throw new LeaseLost();
    const term = deps.settings.leaseSeconds * 1000;
    const now = deps.clock.now();
    if (now >= run.deadline) abort.abort(new Error('The run took longer than its agent may.'));
    if (run.lease && now >= run.lease.until - term * (1 - renewAfter)) await leased.renew();
  };

  const loop = async () => {
    await deps.clock.sleep(firstLookMs, ended.signal);
    if (ended.signal.aborted) return;
    const watcher = deps.watch.watch(keyOf(leased.run), 'work');
    ended.signal.addEventListener('abort', () => watcher.close());
    while (!ended.signal.aborted) {
      try {
        await look();
      } catch (error) {
        if (error instanceof LeaseLost) {
          lost = true;
          abort.abort(error);
          return;
        }
        deps.log('warn', 'run not readable', { runId: leased.run.id, error: `${error}` });
      }
      await watcher.changed(lookEveryMs);
    }
  };
  void loop();

  return {
    signal,
    get lost() {
      return lost;
    },
    // A reason saves making an error with a stack for each step.
    end: () => ended.abort('ended'),
  };
}
