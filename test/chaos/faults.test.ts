import { describe, expect, it } from 'vitest';
import { SqliteItemStore } from '#adapters/embedded/sqlite-item-store.ts';
import type { RunKey } from '#core/store/keys.ts';
import { aClock } from '../builders/a-clock.ts';
import { aDatabase } from '../builders/a-database.ts';
import { randomFrom } from '../core/interleaving/turnstile.ts';
import { ChaosItemStore } from './chaos-item-store.ts';
import { ChaosRunQueue } from './chaos-run-queue.ts';
import { ChaosRunWorkflow } from './chaos-run-workflow.ts';
import { chaosTasks } from './chaos-tasks.ts';
import { Faults, Unavailable } from './faults.ts';

const times = 300;

/** Faults that have begun, and the time in which what is late comes. */
function chaos(losses = true) {
  const clock = aClock();
  const faults = new Faults({ random: randomFrom(7), clock, latestMs: 60_000, losses });
  faults.begin();
  const wait = async () => {
    clock.advance(60_000);
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
  };
  return { faults, wait };
}

const again = async (call: (i: number) => Promise<unknown>) =>
  (await Promise.allSettled(Array.from({ length: times }, (_, i) => call(i)))).flatMap((result) =>
    result.status === 'rejected' ? [result.reason] : [],
  );

const countOf = <T>(values: readonly T[], value: T) => values.filter((v) => v === value).length;

async function deliveries(losses: boolean) {
  const { faults, wait } = chaos(losses);
  const received: string[] = [];
  const send = async (runs: readonly RunKey[]) => void received.push(...runs.map((r) => r.runId));
  const queue = new ChaosRunQueue({ send }, faults);
  const errors = await again((i) => queue.send([{ orgId: 'acme', runId: `${i}` }]));
  await wait();
  const counts = Array.from({ length: times }, (_, i) => countOf(received, `${i}`));
  return { received, counts, errors };
}

describe('in chaos', () => {
  it('a queue loses, doubles and mixes up its messages', async () => {
    const { received, counts, errors } = await deliveries(true);

    expect(Math.min(...counts)).toBe(0);
    expect(Math.max(...counts)).toBeGreaterThan(1);
    expect(received).not.toEqual([...received].sort((a, b) => Number(a) - Number(b)));
    expect(errors[0]).toBeInstanceOf(Unavailable);
  });

  it('a queue without losses delivers everything, some of it twice', async () => {
    const { counts, errors } = await deliveries(false);

    expect(Math.min(...counts)).toBe(1);
    expect(Math.max(...counts)).toBeGreaterThan(1);
    expect(errors).toEqual([]);
  });

  it('a store fails before it has written and after, and its indexes lag behind', async () => {
    const { faults } = chaos();
    const behind = new SqliteItemStore(aDatabase());
    const store = new ChaosItemStore(behind, faults);
    const key = (i: number) => ({ pk: 'p', sk: `${i}` });
    const written = await Promise.all(
      Array.from({ length: times }, async (_, i) => {
        const item = { ...key(i), value: {}, indexes: { due: key(i) } };
        const told = await store.transact([{ put: item }]).then(
          () => true,
          () => false,
        );
        return { told, there: (await behind.get(key(i))) !== undefined };
      }),
    );
    const query = { index: 'due', pk: 'p', order: 'ascending', limit: 1000 } as const;
    const seen = (await store.query(query)).length;
    faults.stop();

    const there = written.filter((one) => one.there);
    expect(written.filter(({ told, there }) => told && !there)).toEqual([]);
    expect(there.some(({ told }) => !told)).toBe(true);
    expect(there.length).toBeLessThan(times);
    expect(seen).toBeLessThan(there.length);
    expect(await store.query(query)).toHaveLength(there.length);
  });

  it('a workflow starts twice and never, and comes back with tokens of the past', async () => {
    const { faults, wait } = chaos();
    const started: string[] = [];
    const resumed: string[] = [];
    const workflow = new ChaosRunWorkflow(
      {
        start: async ({ runId }) => void started.push(runId),
        resume: async (token) => resumed.push(token) > 0,
        failWait: async () => undefined,
        stop: async () => undefined,
        outcome: async () => 'open',
        consoleUrl: () => undefined,
      },
      faults,
    );
    await again((i) => workflow.start({ orgId: 'acme', runId: `${i}`, epoch: 1 }));
    await again((i) => workflow.resume(`${i}`, {}));
    await wait();

    for (const told of [started, resumed]) {
      const counts = Array.from({ length: times }, (_, i) => countOf(told, `${i}`));
      expect(Math.min(...counts)).toBe(0);
      expect(Math.max(...counts)).toBeGreaterThan(1);
    }
  });

  it('a segment is invoked while it works, and a wait has tokens that nobody waits behind', async () => {
    const { faults } = chaos();
    let atWork = 0;
    let most = 0;
    const tokens: string[] = [];
    const tasks = chaosTasks(
      {
        segment: async () => {
          most = Math.max(most, ++atWork);
          await new Promise(setImmediate);
          atWork -= 1;
          return { next: 'DONE' };
        },
        'register-pause': async ({ taskToken = '' }) => {
          tokens.push(taskToken);
          return undefined;
        },
        'expire-pause': async () => undefined,
        finalize: async () => undefined,
      },
      faults,
    );
    const input = { orgId: 'acme', runId: 'r', epoch: 1, handed: {}, taskToken: 'newest' };
    for (let i = 0; i < times; i += 1) await tasks.segment(input).catch(() => undefined);
    for (let i = 0; i < times; i += 1) await tasks['register-pause'](input).catch(() => undefined);

    expect(most).toBe(2);
    expect(countOf(tokens, 'newest')).toBeLessThan(tokens.length);
  });
});
