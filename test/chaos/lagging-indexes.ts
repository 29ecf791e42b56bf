import type { Item, Key, Query, Write } from '#core/store/item-store.ts';
import { ModelStore } from '../adapters/item-store/model-store.ts';
import type { Faults } from './faults.ts';

/** How probably an index has not heard of a write that nobody has asked about since. */
const lag = 0.3;

/**
 * The indexes of a store, which hear of its writes some time later: those of one item in their
 * order, those of different items in any.
 */
export class LaggingIndexes {
  readonly #items = new ModelStore();
  readonly #faults: Faults;
  #unheard: Write[] = [];

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  written(writes: readonly Write[]): void {
    for (const write of writes) {
      if ('put' in write) this.#unheard.push({ put: write.put });
      if ('delete' in write) this.#unheard.push({ delete: write.delete });
    }
  }

  query(query: Query): Item[] {
    this.#hear();
    return this.#items.query(query);
  }

  #hear(): void {
    const behind = new Set<string>();
    this.#unheard = this.#unheard.filter((write) => {
      const name = nameOf('put' in write ? write.put : 'delete' in write ? write.delete : none);
      if (behind.has(name) || this.#faults.chance(lag)) {
        behind.add(name);
        return true;
      }
      this.#items.transact([write]);
      return false;
    });
  }
}

const none: Key = { pk: '', sk: '' };
const nameOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;
