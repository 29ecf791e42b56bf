import type { Clock } from '#core/run/deps.ts';
import type { RunWatch, RunWatcher, WatchPurpose } from '#core/run/run-watch.ts';
import type { ItemStore } from '#core/store/item-store.ts';
import { type RunKey, readerKey } from '#core/store/keys.ts';
import { ReaderLease } from './reader-lease.ts';

interface Deps {
  readonly store: ItemStore;
  readonly clock: Clock;
}

/** How soon to look again, by the time since the run last moved. */
const paces = [
  { untilMs: 2_000, everyMs: 100 },
  { untilMs: 10_000, everyMs: 250 },
] as const;
const slowestMs = 1_000;
/** What was found out about readers holds so long. */
const knownForMs = 1_000;
const mostKnown = 1_000;

/**
 * Watches runs that other processes work on: whoever watches is sent to look again, soon while the
 * run moves, once a second when it is quiet. Readers are known by a lease that they hold on the run.
 */
export class PollingRunWatch implements RunWatch {
  readonly #deps: Deps;
  readonly #known = new Map<string, { read: boolean; until: number }>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  watch(run: RunKey, purpose: WatchPurpose): RunWatcher {
    const lease = purpose === 'read' ? new ReaderLease(this.#deps, run) : undefined;
    void lease?.hold();
    return new PollingWatcher(this.#deps.clock, purpose, lease);
  }

  async isRead(run: RunKey): Promise<boolean> {
    const { store, clock } = this.#deps;
    const { pk, sk } = readerKey(run);
    const known = this.#known.get(pk);
    if (known && known.until > clock.now()) return known.read;
    const item = await store.get({ pk, sk });
    const read = ReaderLease.isHeld(item, clock.now());
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(pk, { read, until: clock.now() + knownForMs });
    return read;
  }
}

class PollingWatcher implements RunWatcher {
  readonly #clock: Clock;
  readonly #purpose: WatchPurpose;
  readonly #lease: ReaderLease | undefined;
  readonly #closed = new AbortController();
  #movedAt: number;

  constructor(clock: Clock, purpose: WatchPurpose, lease: ReaderLease | undefined) {
    this.#clock = clock;
    this.#purpose = purpose;
    this.#lease = lease;
    this.#movedAt = clock.now();
  }

  moved(): void {
    this.#movedAt = this.#clock.now();
  }

  async changed(timeoutMs: number): Promise<void> {
    await this.#lease?.hold();
    await this.#clock.sleep(Math.min(timeoutMs, this.#paceMs()), this.#closed.signal);
  }

  close(): void {
    this.#closed.abort('closed');
  }

  #paceMs(): number {
    if (this.#purpose === 'work') return slowestMs;
    const quietMs = this.#clock.now() - this.#movedAt;
    return paces.find(({ untilMs }) => quietMs < untilMs)?.everyMs ?? slowestMs;
  }
}
