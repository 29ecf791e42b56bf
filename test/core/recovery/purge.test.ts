import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import { deleteEndedRun } from '#core/run/delete-ended-run.ts';
import { purgeRun } from '#core/run/purge-run.ts';
import { hasEnded } from '#core/run/run.ts';
import { executionOf, keyOf } from '#core/run/run-repository.ts';
import { sweep } from '#core/run/sweep.ts';
import { purgeSession } from '#core/session/purge-session.ts';
import { runPartition, sessionKey, sessionPartition } from '#core/store/keys.ts';
import { aDispatchedRun, aSettledRun, now, sessionId } from './arrange.ts';
import { crashStates } from './crash-states.ts';
import type { CrashWorld } from './crash-world.ts';
import { Process } from './process.ts';

const monthMs = 31 * 24 * 3600_000;
const session = { orgId: 'acme', sessionId };

const itemsOf = async ({ store }: CrashWorld, pk: string) =>
  (await store.queryKeys({ pk, order: 'ascending', limit: 100 })).map(({ sk }) => sk);

const blobsOf = ({ blobFolder }: CrashWorld, id: string) =>
  readdirSync(blobFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(blobFolder, join(parentPath, name)))
    .filter((path) => path.startsWith(join('acme', id)));

const anOldRun = async (world: CrashWorld) => {
  const run = await aSettledRun(world, 'safe', { sessionId });
  await world.pass(monthMs);
  return run;
};

await crashStates('deleting an old run', {
  knownChanges: 3,
  settings: { inlineBytes: 10 },
  arrange: async (world) => {
    const run = await now(world, await aSettledRun(world, 'safe', { sessionId }));
    await world.pass(monthMs);
    if (!hasEnded(run)) throw new Error('It lives');
    return run;
  },
  act: ({ doomed }, run) => purgeRun(doomed.deps, run),
  recovered: async (world, run) => {
    expect(await itemsOf(world, runPartition(keyOf(run)))).toEqual([]);
    expect(blobsOf(world, run.id)).toEqual([]);
  },
});

await crashStates('deleting an old session', {
  knownChanges: 4,
  settings: { inlineBytes: 10 },
  arrange: async (world) => {
    await anOldRun(world);
    const item = await world.store.get(sessionKey(session));
    if (item === undefined) throw new Error('There is no session');
    return item;
  },
  act: ({ doomed }, item) => purgeSession(doomed.deps, item),
  recovered: async (world) => {
    expect(await itemsOf(world, sessionPartition(session))).toEqual([]);
    expect(blobsOf(world, sessionId)).toEqual([]);
  },
});

await crashStates('deleting an old session in which a step was cut off', {
  knownChanges: 6,
  settings: { inlineBytes: 10 },
  arrange: async (world) => {
    const run = await aDispatchedRun(world, 'safe', { sessionId });
    const dead = new Process(world);
    world.duty.assign(dead);
    dead.life.dieAfter(2);
    await world.workflow.start(executionOf(run));
    await world.quiet();
    await cancelRun(world.deps, keyOf(run), 'test');
    await world.sweepTwice();
    expect(blobsOf(world, sessionId)).toHaveLength(1);
    await world.pass(monthMs);
    return run;
  },
  act: ({ doomed }) => sweep(doomed.deps),
  recovered: async (world) => {
    expect(await itemsOf(world, sessionPartition(session))).toEqual([]);
    expect(blobsOf(world, sessionId)).toEqual([]);
  },
});

await crashStates('keeping an old session that is still used', {
  knownChanges: 3,
  arrange: async (world) => {
    const run = await aSettledRun(world, 'guarded', { sessionId });
    await world.pass(monthMs);
    return run;
  },
  act: ({ doomed }) => sweep(doomed.deps),
  recovered: async (world, run) => {
    expect(await now(world, run)).toMatchObject({ sessionId, turn: 1 });
    expect(await itemsOf(world, sessionPartition(session))).toContain('META');
  },
});

await crashStates('deleting a run that has ended', {
  knownChanges: 6,
  settings: { inlineBytes: 10 },
  arrange: (world) => aSettledRun(world, 'safe', { sessionId }),
  act: ({ doomed }, run) => deleteEndedRun(doomed.deps, keyOf(run)),
  recovered: async (world, run, changes) => {
    const isKept = changes.length === 0;
    expect((await itemsOf(world, runPartition(keyOf(run)))).length > 0).toBe(isKept);
    expect(blobsOf(world, run.id).length > 0).toBe(isKept);
    if (isKept) expect(await now(world, run)).toMatchObject({ status: 'COMPLETED' });
  },
});
