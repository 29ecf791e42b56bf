import type { RunKey } from '../store/keys.ts';

/**
 * Rings for a queued run: at least once, in no particular order, and a lost message is no more than
 * a delay, because the sweeper rings again.
 */
export interface RunQueue {
  send(messages: readonly RunKey[]): Promise<void>;
}
