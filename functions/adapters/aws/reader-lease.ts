import * as z from 'zod';
import type { Clock } from '#core/run/deps.ts';
import type { Item, ItemStore } from '#core/store/item-store.ts';
import { type RunKey, readerKey } from '#core/store/keys.ts';

const termMs = 30_000;
const renewBeforeMs = 10_000;

const Lease = z.object({ until: z.number() });

interface Deps {
  readonly store: ItemStore;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Tells whoever works on a run that somebody reads along. All readers of a run share one lease: it
 * lasts as long as the last one that holds it, and runs out by itself.
 */
export class ReaderLease {
  readonly #deps: Deps;
  readonly #run: RunKey;
  #until = 0;

  constructor(deps: Deps, run: RunKey) {
    this.#deps = deps;
    this.#run = run;
  }

  static isHeld(item: Item | undefined, now: number): boolean {
    return item !== undefined && Lease.parse(item.value).until > now;
  }

  /** Writes at most once in 20 s. Where that fails the reader sees the events later, not less of them. */
  async hold(): Promise<void> {
    const now = this.#deps.clock.now();
    if (this.#until - now > renewBeforeMs) return;
    const until = now + termMs;
    this.#until = until;
    const lease = { ...readerKey(this.#run), value: { until }, expiresAt: until };
    try {
      await this.#deps.store.transact([{ put: lease }]);
    } catch {
      this.#until = 0;
    }
  }
}
