import type { RunQueue } from '#core/run/run-queue.ts';
import type { RunKey } from '#core/store/keys.ts';
import type { Faults } from './faults.ts';

/** A queue that delivers twice, late, in any order, and now and then not at all. */
export class ChaosRunQueue implements RunQueue {
  readonly #queue: RunQueue;
  readonly #faults: Faults;

  constructor(queue: RunQueue, faults: Faults) {
    this.#queue = queue;
    this.#faults = faults;
  }

  async send(messages: readonly RunKey[]): Promise<void> {
    await this.#faults.call(() => this.#deliver(messages), { unreached: 0.03, unanswered: 0.03 });
  }

  async #deliver(messages: readonly RunKey[]): Promise<void> {
    for (const message of messages) {
      const deliver = () => this.#queue.send([message]);
      if (this.#faults.chance(0.3)) this.#faults.later(deliver);
      if (this.#faults.loses(0.1)) continue;
      if (this.#faults.chance(0.2)) this.#faults.later(deliver);
      else await deliver();
    }
  }
}
