import { describe, expect, it, vi } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import { hasEnded, isDeleted } from '#core/run/run.ts';
import { findRun, keyOf } from '#core/run/run-repository.ts';
import { sweep } from '#core/run/sweep.ts';
import { checkpointTree, transcriptTo } from '#core/session/checkpoints.ts';
import { copySession } from '#core/session/copy-session.ts';
import { createSession, getSession, updateSession } from '#core/session/create-session.ts';
import { listSessions } from '#core/session/list-sessions.ts';
import { deleteSession } from '#core/session/purge-session.ts';
import { sessionHead } from '#core/session/session.ts';
import { sessionStanding } from '#core/session/session-standing.ts';
import { writeState } from '#core/session/write-state.ts';
import { sessionPartition } from '#core/store/keys.ts';
import {
  aLeasedRun,
  aPausedRun,
  aQueuedRun,
  aRunningRun,
  withoutWorkflow,
} from '../builders/a-run.ts';
import { anAgent, workingAgent } from '../builders/an-agent.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';

const sessionId = '00000000-0000-4000-8000-000000000001';
const key = { orgId: 'acme', sessionId };
const inSession = { agentId: 'worker', sessionId, message: 'guarded' };
const day = 24 * 3600 * 1000;
const user = (text: string) => ({
  role: 'user' as const,
  content: [{ type: 'text' as const, text }],
});

const anIdleEngine = () => anEngine({ idle: true, agents: [workingAgent(() => undefined)] });

const create = ({ deps }: Engine, more: Partial<Parameters<typeof createSession>[1]> = {}) =>
  createSession(deps, {
    ...{ orgId: 'acme', userId: 'ann', sessionId, metadata: {} },
    ifExists: 'refuse',
    idempotency: undefined,
    ...more,
  });

const sweepOnce = (engine: Engine) => sweep({ ...engine.deps, ...withoutWorkflow(engine.deps) });

const itemsLeft = async ({ deps }: Engine) =>
  (await deps.store.queryKeys({ pk: sessionPartition(key), order: 'ascending', limit: 100 })).map(
    ({ sk }) => sk,
  );

const listed = async ({ deps }: Engine, orgId = 'acme') => {
  const ids: string[] = [];
  for await (const page of listSessions(deps, orgId)) ids.push(...page.map(({ id }) => id));
  return ids;
};

describe('a session', () => {
  it('is there before its first run, and goes on as what that finds', async () => {
    const engine = await anIdleEngine();
    await create(engine, { metadata: { a: 1 } });

    await aQueuedRun(engine, inSession);

    expect(await getSession(engine.deps, key)).toMatchObject({
      metadata: { a: 1 },
      agentId: 'worker',
      nextTurn: 2,
    });
  });

  it('is made once, however many make it at the same time', async () => {
    const engine = await anIdleEngine();

    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => create(engine)));

    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(create(engine)).rejects.toMatchObject({ code: 'session_exists' });
  });

  it('takes no more metadata than fit', async () => {
    const engine = await anIdleEngine();
    await create(engine);
    const metadata = { text: 'x'.repeat(9000) };

    await expect(updateSession(engine.deps, key, { metadata })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  it('loses no change that is made at the same time as another', async () => {
    const engine = await anIdleEngine();
    await create(engine);
    const names = Array.from({ length: 6 }, (_, i) => `k${i}`);

    await Promise.all(
      names.map((name) => updateSession(engine.deps, key, { metadata: { [name]: 1 } })),
    );

    expect(Object.keys((await getSession(engine.deps, key)).metadata ?? {}).sort()).toEqual(names);
  });

  it('is listed to its tenant, the newest first, made by a run too', async () => {
    const engine = await anIdleEngine();
    await create(engine);
    engine.clock.advance(1000);
    const run = await aQueuedRun(engine, { agentId: 'worker' });
    await create(engine, { orgId: 'other', sessionId: undefined });

    expect(await listed(engine)).toEqual([run.sessionId, sessionId]);
  });

  it('says what its runs make of it', async () => {
    const engine = await anIdleEngine();
    const status = async () => (await sessionStanding(engine.deps, key)).status;
    const seen = [await status()];

    const paused = await aPausedRun(engine, inSession);
    seen.push(await status());
    await cancelRun(withoutWorkflow(engine.deps), keyOf(paused), 'test');
    seen.push(await status());
    const running = await aRunningRun(engine, inSession);
    seen.push(await status());
    await cancelRun(withoutWorkflow(engine.deps), keyOf(running), 'test');
    const queued = await aQueuedRun(engine, inSession);
    seen.push(await status());
    await cancelRun(withoutWorkflow(engine.deps), keyOf(queued), 'test');
    seen.push(await status());

    expect(seen).toEqual(['idle', 'interrupted', 'interrupted', 'busy', 'busy', 'idle']);
  });
});

describe('deleting a session', () => {
  it.each([
    ['queued', aQueuedRun],
    ['running', aRunningRun],
    ['paused', aPausedRun],
  ] as const)('takes a %s run with it, and leaves nothing', async (_, make) => {
    const engine = await anIdleEngine();
    const run = await make(engine, inSession);

    await deleteSession(withoutWorkflow(engine.deps), key);

    expect(await itemsLeft(engine)).toEqual([]);
    expect(await listed(engine)).toEqual([]);
    const left = await findRun(engine.deps, keyOf(run));
    expect(left && isDeleted(left)).toBe(true);
    engine.clock.advance(61_000);
    expect(await findRun(engine.deps, keyOf(run))).toBeUndefined();
  });

  it('hides at once what a run at work still holds, and finishes when that is over', async () => {
    const engine = await anIdleEngine();
    await aLeasedRun(engine, inSession);

    await deleteSession(withoutWorkflow(engine.deps), key);

    await expect(getSession(engine.deps, key)).rejects.toMatchObject({ code: 'session_not_found' });
    expect(await listed(engine)).toEqual([]);
    await expect(create(engine)).rejects.toMatchObject({ code: 'session_busy' });
    await expect(aQueuedRun(engine, inSession)).rejects.toMatchObject({ code: 'session_busy' });
    engine.clock.advance(31_000);
    await sweepOnce(engine);
    engine.clock.advance(31_000);
    await sweepOnce(engine);
    expect(await itemsLeft(engine)).toEqual([]);
    await create(engine);
  });

  it('happens by itself to one that has not been used for its time, and to its runs', async () => {
    const engine = await anIdleEngine();
    await create(engine, { ttlSeconds: 60 });
    const run = await aQueuedRun(engine, inSession);

    engine.clock.advance(61_000);
    await sweepOnce(engine);
    const whileBusy = await listed(engine);
    await cancelRun(withoutWorkflow(engine.deps), keyOf(run), 'test');
    engine.clock.advance(61_000);
    await sweepOnce(engine);

    expect(whileBusy).toEqual([sessionId]);
    expect(await listed(engine)).toEqual([]);
    const left = await findRun(engine.deps, keyOf(run));
    expect(left === undefined || isDeleted(left)).toBe(true);
  });

  it('does not happen to one that was made and is still young', async () => {
    const engine = await anIdleEngine();
    await create(engine);

    engine.clock.advance(29 * day);
    await sweepOnce(engine);
    const young = await listed(engine);
    engine.clock.advance(2 * day);
    await sweepOnce(engine);

    expect(young).toEqual([sessionId]);
    expect(await itemsLeft(engine)).toEqual([]);
  });
});

describe('writing into a session', () => {
  const write = ({ deps }: Engine, text: string, restarts = false) =>
    writeState(deps, {
      ...key,
      messages: [user(text)],
      restarts,
      writtenAs: 'agent',
      idempotency: undefined,
    });

  it('adds what others then go on from', async () => {
    const engine = await anIdleEngine();
    await create(engine);

    await write(engine, 'one');
    const last = await write(engine, 'two');

    expect(await transcriptTo(engine.deps, key, last)).toEqual([user('one'), user('two')]);
    expect((await sessionHead(engine.deps.store, key))?.checkpoint).toEqual(last);
  });

  it('may begin the transcript anew, and leaves the old one in the tree', async () => {
    const engine = await anIdleEngine();
    await create(engine);
    await write(engine, 'one');

    const last = await write(engine, 'new', true);

    expect(await transcriptTo(engine.deps, key, last)).toEqual([user('new')]);
    expect((await checkpointTree(engine.deps, key)).all).toHaveLength(2);
  });

  it('loses nothing that is written at the same time', async () => {
    const engine = await anIdleEngine();
    await create(engine);

    await Promise.all(['a', 'b', 'c'].map((text) => write(engine, text)));

    const head = await sessionHead(engine.deps.store, key);
    expect(await transcriptTo(engine.deps, key, head?.checkpoint ?? null)).toHaveLength(3);
  });

  it('is refused while a run is live, and where there is no session', async () => {
    const engine = await anIdleEngine();
    await expect(write(engine, 'x')).rejects.toMatchObject({ code: 'session_not_found' });
    await aQueuedRun(engine, inSession);

    await expect(write(engine, 'x')).rejects.toMatchObject({ code: 'session_busy' });
  });
});

it('a copy has the media of the first, and outlives it', async () => {
  const engine = await anEngine({ agents: [anAgent({ id: 'worker', accepts: ['image/*'] })] });
  const media = [{ mediaType: 'image/png', bytes: new Uint8Array([1, 2]) }];
  await engine.reach(await engine.submit({ ...inSession, media }), hasEnded);

  const { session } = await copySession(engine.deps, key, 'ann', undefined);
  await deleteSession(engine.deps, key);
  engine.clock.advance(61_000);
  await vi.waitFor(async () => expect(await itemsLeft(engine)).toEqual([]));
  const next = await engine.submit({ ...inSession, sessionId: session.id });

  expect((await engine.reach(next, hasEnded)).status).toBe('COMPLETED');
});
