import type { ModelFailure } from './model-failure.ts';

export interface RetryPolicy {
  /** Calls in all. */
  readonly attempts: number;
  /** The first wait is up to this long, each later one up to twice as long as the one before. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** A provider that wants to be left alone for longer than this is not asked again. */
  readonly longestRetryAfterMs: number;
}

/** Outlasts a rate limit a minute. The run's own time ends the waiting too. */
export const patientRetry: RetryPolicy = {
  attempts: 6,
  firstWaitMs: 1_000,
  longestWaitMs: 30_000,
  longestRetryAfterMs: 120_000,
};

/** @returns how long to wait after so many failed attempts; `undefined` where another is no use */
export function waitAfter(
  { isTransient, retryAfterMs = 0 }: ModelFailure,
  attempt: number,
  policy: RetryPolicy,
): number | undefined {
  if (!isTransient || attempt >= policy.attempts || retryAfterMs > policy.longestRetryAfterMs)
    return undefined;
  const upTo = Math.min(policy.longestWaitMs, policy.firstWaitMs * 2 ** (attempt - 1));
  // All of it is chance, so that runs that were refused together do not come back together.
  return retryAfterMs + Math.random() * upTo;
}
