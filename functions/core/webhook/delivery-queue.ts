import type { RunKey } from '../store/keys.ts';

export interface DeliveryKey extends RunKey {
  /** Number of the event that is told. */
  readonly seq: number;
  /** A webhook's id, or `run` for the run's own. */
  readonly receiver: string;
}

/** A delivery is due. */
export interface DeliveryRing extends DeliveryKey {
  /** Who may be slow or dead, and must keep up nobody else; of any length. */
  readonly lane: string;
  /** At most `longestDelayMs`. */
  readonly delayMs: number;
}

/** What a message may wait; what is due later is the sweeper's. SQS knows no longer delay. */
export const longestDelayMs = 900_000;

/** Rings at least once, in no particular order; a lost message is a delay: the sweeper rings again. */
export interface DeliveryQueue {
  send(rings: readonly DeliveryRing[]): Promise<void>;
}
