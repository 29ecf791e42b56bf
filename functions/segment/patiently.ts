import type { Clock } from '#core/run/deps.ts';
import { LeaseHeld } from '#core/run/leased-run.ts';

/**
 * Waits for the lease of an invocation that was killed, or is still alive, instead of failing: the
 * workflow's retries are few, and each is paid for.
 * @throws LeaseHeld when `stopping` aborts before that
 */
export async function patiently<T>(
  clock: Clock,
  stopping: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LeaseHeld) || stopping.aborted) throw error;
      await clock.sleep(Math.max(1, error.until - clock.now()), stopping);
    }
  }
}
