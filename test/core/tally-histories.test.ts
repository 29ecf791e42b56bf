import fc from 'fast-check';
import { expect, it } from 'vitest';
import { publishOutbox } from '#core/outbox/outbox.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { dispatchRun } from '#core/run/dispatch-run.ts';
import type { Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { storedRunTally } from '#core/run/stored-run-tally.ts';
import { sweep } from '#core/run/sweep.ts';
import type { Item, ItemStore } from '#core/store/item-store.ts';
import { aQueuedRun, withoutWorkflow } from '../builders/a-run.ts';
import { watched } from '../builders/a-store.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';
import { expectExactTally } from './expect-exact-tally.ts';
import { outboxRows } from './outbox-rows.ts';

const orgs = ['acme', 'other'];
const groups = [undefined, 'g', 'h'];

interface Step {
  readonly do: 'submit' | 'dispatch' | 'cancel' | 'publish' | 'sweep';
  /** Which run, how many days, which rows. */
  readonly n: number;
}

const stepThat = (does: Step['do'], weight: number, max?: number) => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(does), n: fc.nat(max === undefined ? {} : { max }) }),
});
const aStep: fc.Arbitrary<Step> = fc.oneof(
  stepThat('submit', 4, 5),
  stepThat('dispatch', 2),
  stepThat('cancel', 2),
  stepThat('publish', 3),
  stepThat('sweep', 1, 2),
);

/** A process that dies before its n-th transaction, or just after it. */
function dyingStore(store: ItemStore, n: number): ItemStore {
  let left = n >> 1;
  const dead = () => Promise.reject(new Error('dead'));
  const alive = watched(store, { writes: () => (left === 0 ? dead() : undefined) });
  return {
    ...alive,
    transact: async (writes) => {
      await alive.transact(writes);
      left -= 1;
      if (left === 0 && n % 2 === 1) await dead();
    },
  };
}

/** What happens to runs, their rows published late, twice, by several at a time and by the dying. */
class History {
  readonly #engine: Engine;
  readonly #runs: Run[] = [];
  /** Rows as somebody has read them once. */
  readonly #seen: Item[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async take({ do: what, n }: Step): Promise<void> {
    const { deps, clock } = this.#engine;
    const run = this.#runs[n % Math.max(1, this.#runs.length)];
    if (what === 'submit') await this.#submit(n);
    if (what === 'publish') await this.#publish(n);
    if (what === 'dispatch' && run) await dispatchRun(withoutWorkflow(deps), keyOf(run));
    // It may have ended, or be there no more.
    if (what === 'cancel' && run) await cancelRun(deps, keyOf(run), 'test').catch(() => undefined);
    if (what === 'sweep') {
      clock.advance(n * 16 * 24 * 3600_000);
      await Promise.all([sweep(withoutWorkflow(deps)), sweep(withoutWorkflow(deps))]);
    }
  }

  async #submit(n: number): Promise<void> {
    const run = await aQueuedRun(this.#engine, {
      orgId: orgs[n % 2] ?? 'acme',
      groupId: groups[n % 3],
    });
    this.#runs.push(run);
  }

  async #publish(n: number): Promise<void> {
    const { deps } = this.#engine;
    const rows = await Promise.all(this.#runs.map((run) => outboxRows(this.#engine, run)));
    this.#seen.push(...rows.flat());
    const some = this.#seen.filter((_, i) => (n >> (i % 8)) % 2 === 0);
    const publishers = [deps.store, dyingStore(deps.store, n % 8)].map((store) =>
      publishOutbox({ ...deps, store }, some).catch(() => undefined),
    );
    await Promise.all(publishers);
  }

  /** Everything that is due is done. */
  async settle(): Promise<void> {
    for (let i = 0; i < 3; i += 1) await this.take({ do: 'sweep', n: 0 });
    this.#engine.clock.advance(61_000);
    for (let i = 0; i < 3; i += 1) await this.take({ do: 'sweep', n: 0 });
  }
}

it('has counters that say what counting finds, after any history', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 5, maxLength: 40 }), async (steps) => {
      const engine = await anEngine({ idle: true, settings: { countsRuns: true } });
      const history = new History(engine);

      for (const step of steps) await history.take(step);
      await history.settle();

      const tallies = { kept: storedRunTally(engine.deps.store), counted: engine.runtime.tally };
      await expectExactTally(
        tallies,
        orgs.flatMap((orgId) => groups.map((groupId) => ({ orgId, groupId }))),
      );
      await engine.stop();
    }),
    { numRuns: 40 },
  );
  expect.hasAssertions();
});
