import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import { retryRuns } from '#core/run/retry-runs.ts';
import { hasEnded, type Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import type { ItemStore } from '#core/store/item-store.ts';
import { aQueuedRun } from '../builders/a-run.ts';
import { anAgent, echoAgent } from '../builders/an-agent.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';
import { runsOf } from './left-overs.ts';

const failing = (id: string) =>
  anAgent({
    id,
    script: () => {
      throw new Error('the provider is down');
    },
  });

const agents = [failing('failing'), failing('broken'), echoAgent()];

type Command = Parameters<typeof retryRuns>[1];

const bulk = (engine: Engine, more: Partial<Command> = {}) =>
  retryRuns(engine.deps, {
    orgId: 'acme',
    principal: 'key:again',
    principalUserId: undefined,
    statuses: ['FAILED'],
    limit: 100,
    ...more,
  });

const ended = async (engine: Engine, command: Parameters<Engine['submit']>[0] = {}) => {
  engine.clock.advance(1000);
  return engine.reach(await engine.submit({ agentId: 'failing', ...command }), hasEnded);
};

const fromOf = ({ retried }: Awaited<ReturnType<typeof bulk>>) => retried.map(({ from }) => from);
const idsOf = (...runs: readonly Run[]) => runs.map(({ id }) => id);

/** Until what was retried has come to its end. */
const quiet = async (engine: Engine) => {
  for (const run of await runsOf(engine.deps, 'acme')) await engine.reach(run, hasEnded);
};

describe('retrying many runs', () => {
  it('does again those that failed, oldest first, each as a run that names it', async () => {
    const engine = await anEngine({ agents });
    const first = await ended(engine);
    await ended(engine, { agentId: 'echo' });
    const second = await ended(engine);

    const result = await bulk(engine);

    expect(fromOf(result)).toEqual(idsOf(first, second));
    expect(result).toMatchObject({ skipped: [], cursor: undefined });
    const made = (await runsOf(engine.deps, 'acme')).filter(({ origin }) => origin);
    expect(made.map(({ id, origin }) => ({ from: origin?.runId, to: id }))).toEqual(result.retried);
  });

  it.each([
    ['an agent', { agentId: 'broken' }, [1]],
    ['a group', { groupId: 'g1' }, [0, 1]],
    ['a group and an agent', { groupId: 'g1', agentId: 'failing' }, [0]],
    ['those that completed', { statuses: ['COMPLETED'] }, [3]],
    ['several statuses', { statuses: ['COMPLETED', 'FAILED'] }, [0, 1, 2, 3]],
    ['those that failed in one way', { errorCode: 'model_error' }, [0, 1, 2]],
    ['those that failed in another way', { errorCode: 'timeout' }, []],
    ['those of another tenant', { orgId: 'other' }, []],
  ] satisfies [string, Partial<Command>, number[]][])('chooses %s', async (_, filter, chosen) => {
    const engine = await anEngine({ agents });
    const runs = [
      await ended(engine, { groupId: 'g1' }),
      await ended(engine, { groupId: 'g1', agentId: 'broken' }),
      await ended(engine, { groupId: 'g2' }),
      await ended(engine, { agentId: 'echo' }),
    ];

    const result = await bulk(engine, filter);

    expect(fromOf(result)).toEqual(chosen.map((i) => runs[i]?.id));
  });

  it('chooses by the time of submission', async () => {
    const engine = await anEngine({ agents });
    const runs = [await ended(engine), await ended(engine), await ended(engine)];
    const [first, second, third] = runs.map(({ createdAt }) => createdAt);

    const result = await bulk(engine, { submittedAfter: first, submittedBefore: third });

    expect(second).toBe((first ?? 0) + 1000);
    expect(fromOf(result)).toEqual([runs[1]?.id]);
  });

  it('leaves alone what still lives', async () => {
    const engine = await anEngine({ agents, idle: true });
    await aQueuedRun(engine, { agentId: 'failing' });
    const cancelled = await aQueuedRun(engine, { agentId: 'failing' });
    await cancelRun(engine.deps, keyOf(cancelled), 'enough');

    const result = await bulk(engine, { statuses: ['COMPLETED', 'FAILED', 'CANCELLED'] });

    expect(fromOf(result)).toEqual([cancelled.id]);
  });

  it('says of each that it skips why', async () => {
    const clock = await anEngine({ agents });
    const run = await ended(clock);
    const gone = { ...clock.deps, agents: { find: () => undefined, list: () => [] } };

    const result = await retryRuns(gone, {
      orgId: 'acme',
      principal: 'key:again',
      principalUserId: undefined,
      statuses: ['FAILED'],
      limit: 10,
    });

    expect(result).toEqual({
      retried: [],
      skipped: [{ runId: run.id, reason: 'agent_not_found' }],
      cursor: undefined,
    });
  });

  it('goes on from its cursor without gaps or doubles', async () => {
    const engine = await anEngine({ agents });
    const runs = [];
    for (let i = 0; i < 5; i += 1) runs.push(await ended(engine, { groupId: 'g1' }));
    const ids = idsOf(...runs);

    const first = await bulk(engine, { groupId: 'g1', limit: 2 });
    const second = await bulk(engine, { groupId: 'g1', limit: 2, cursor: first.cursor });
    const third = await bulk(engine, { groupId: 'g1', limit: 2, cursor: second.cursor });

    expect([first, second, third].map(fromOf)).toEqual([
      ids.slice(3),
      ids.slice(1, 3),
      ids.slice(0, 1),
    ]);
    expect(third.cursor).toBeUndefined();
  });

  it('keeps the order of the runs of one session', async () => {
    const engine = await anEngine({ agents });
    const sessionId = '00000000-0000-4000-8000-000000000001';
    const runs = [];
    for (let i = 0; i < 4; i += 1) runs.push(await ended(engine, { sessionId }));

    // Whatever is asked for first is answered last.
    let delayMs = 50;
    const { store } = engine.deps;
    const late: ItemStore = {
      get: async (key) => {
        delayMs = Math.max(0, delayMs - 5);
        await sleep(delayMs);
        return store.get(key);
      },
      getMany: (keys) => store.getMany(keys),
      query: (query) => store.query(query),
      queryKeys: (query) => store.queryKeys(query),
      transact: (writes) => store.transact(writes),
    };

    await bulk({ ...engine, deps: { ...engine.deps, store: late } });

    const again = (await runsOf(engine.deps, 'acme')).filter(({ origin }) => origin);
    const inTurn = again.toSorted((a, b) => a.turn - b.turn);
    expect(inTurn.map(({ origin }) => origin?.runId)).toEqual(idsOf(...runs));
  });
});

describe('repeating it with its key', () => {
  it('makes no more runs, though those that it made have failed as well', async () => {
    const engine = await anEngine({ agents });
    await ended(engine);
    await ended(engine);
    const first = await bulk(engine, { key: 'k1' });
    await quiet(engine);

    const second = await bulk(engine, { key: 'k1' });

    expect(second).toEqual(first);
    expect(await runsOf(engine.deps, 'acme')).toHaveLength(4);
  });

  it('goes on where the first request was cut off', async () => {
    const engine = await anEngine({ agents });
    const runs = [await ended(engine), await ended(engine), await ended(engine)];
    const cut = {
      ...engine.deps,
      queue: {
        send: async () => {
          throw new Error('the connection is cut');
        },
      },
    };
    const command: Command = {
      orgId: 'acme',
      principal: 'p',
      principalUserId: undefined,
      statuses: ['FAILED'],
      limit: 10,
      key: 'k1',
    };
    await expect(retryRuns(cut, command)).rejects.toThrow('cut');

    const result = await retryRuns(engine.deps, command);

    expect(fromOf(result)).toEqual(idsOf(...runs));
    const made = (await runsOf(engine.deps, 'acme')).filter(({ origin }) => origin);
    expect(made.map(({ origin }) => origin?.runId).sort()).toEqual(idsOf(...runs));
  });

  it('does it again with another key, or without one', async () => {
    const engine = await anEngine({ agents });
    const run = await ended(engine);
    await bulk(engine, { key: 'k1' });
    await quiet(engine);

    const other = await bulk(engine, { key: 'k2' });

    expect(fromOf(other)).toContain(run.id);
    expect(other.retried).toHaveLength(2);
  });
});
