import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryOptions {
  /** How often it is tried again. */
  readonly retries: number;
  /** Ends the attempts, and the pauses between them. */
  readonly signal: AbortSignal;
  isWorthIt(error: unknown): boolean;
  /** Told before another attempt. @param attempt from 1 */
  failed?(attempt: number, error: unknown): void;
}

const firstBackoffMs = 250;
const maxBackoffMs = 10_000;

/** Work that is tried again after a pause that grows. @throws what the last attempt has thrown */
export async function retried<T>(
  attempt: () => Promise<T>,
  { retries, signal, isWorthIt, failed }: RetryOptions,
): Promise<T> {
  for (let made = 1; ; made += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || made > retries || !isWorthIt(error)) throw error;
      failed?.(made, error);
      await sleep(backoffMs(made), undefined, { signal });
    }
  }
}

/** Between half of it and all of it, so that many that failed together do not return together. */
const backoffMs = (made: number) =>
  Math.min(maxBackoffMs, firstBackoffMs * 2 ** (made - 1)) * (0.5 + Math.random() / 2);
