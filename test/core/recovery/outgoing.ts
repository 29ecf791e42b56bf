import type { RunQueue } from '#core/run/run-queue.ts';
import { executionName, type RunWorkflow } from '#core/run/run-workflow.ts';
import type { ItemStore } from '#core/store/item-store.ts';
import type { DeliveryQueue } from '#core/webhook/delivery-queue.ts';
import type { Life } from './life.ts';
import type { Surroundings } from './surroundings.ts';

type Call = () => Promise<unknown>;

/**
 * What a process sends. Where the rest of the world is lost with it, messages never arrive, and the
 * workflow hears only what came before something that is in the store: a runtime in one process
 * writes both in that order.
 */
export class Outgoing {
  readonly store: ItemStore;
  readonly queue: RunQueue;
  readonly workflow: RunWorkflow;
  readonly deliveries: DeliveryQueue;
  #unsent: Call[] = [];

  constructor({ rest, store, workflow, messages, deliveries, ends }: Surroundings, life: Life) {
    const holdsBack = () => rest === 'lost' && life.isDoomed;
    const send = async (call: Call) => {
      if (holdsBack()) this.#unsent.push(call);
      else await call();
    };
    this.store = {
      get: (key) => store.get(key),
      getMany: (keys) => store.getMany(keys),
      query: (query) => store.query(query),
      queryKeys: (query) => store.queryKeys(query),
      transact: async (writes) => {
        for (const call of this.#unsent.splice(0)) await call();
        await store.transact(writes);
      },
    };
    this.queue = {
      send: async (runs) => {
        if (!holdsBack()) messages.push(...runs);
      },
    };
    this.deliveries = {
      send: async (rings) => {
        if (!holdsBack()) await deliveries.send(rings);
      },
    };
    this.workflow = {
      start: async (execution) => {
        // A name is used once, however its execution ended.
        if (!ends.has(executionName(execution))) await send(() => workflow.start(execution));
      },
      resume: async (...args) => {
        if (!holdsBack()) return workflow.resume(...args);
        this.#unsent.push(() => workflow.resume(...args));
        return true;
      },
      failWait: (...args) => send(() => workflow.failWait(...args)),
      stop: (...args) => send(() => workflow.stop(...args)),
      outcome: async (execution) =>
        ends.get(executionName(execution)) ?? workflow.outcome(execution),
      consoleUrl: () => undefined,
    };
  }
}
