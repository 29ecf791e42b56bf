import type { ItemStore, Key, Query, Write } from '#core/store/item-store.ts';
import type { Turnstile } from './turnstile.ts';

/** A process that may die: what it began after that never comes back to it. */
export interface Fate {
  /** How many store operations it lives to see the result of. */
  operationsLeft: number;
  /** Whether the operation at which it dies still takes effect. */
  readonly lastTakesEffect: boolean;
  died(): void;
}

const never = <T>() => new Promise<T>(() => undefined);

/** The store as one worker sees it: each operation waits for its turn, and may be its last. */
export class WorkerStore implements ItemStore {
  readonly #store: ItemStore;
  readonly #turnstile: Turnstile;
  readonly #fate: Fate;

  constructor(store: ItemStore, turnstile: Turnstile, fate: Fate) {
    this.#store = store;
    this.#turnstile = turnstile;
    this.#fate = fate;
  }

  get = (key: Key) => this.#do(() => this.#store.get(key));
  getMany = (keys: readonly Key[]) => this.#do(() => this.#store.getMany(keys));
  query = (query: Query) => this.#do(() => this.#store.query(query));
  queryKeys = (query: Query) => this.#do(() => this.#store.queryKeys(query));
  transact = (writes: readonly Write[]) => this.#do(() => this.#store.transact(writes));

  async #do<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#fate.operationsLeft < 0) return never();
    await this.#turnstile.pass();
    this.#fate.operationsLeft -= 1;
    if (this.#fate.operationsLeft >= 0) return operation();
    if (this.#fate.lastTakesEffect) await operation().catch(() => undefined);
    this.#fate.died();
    return never();
  }
}
