import { describe, expect, it } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import { deleteEndedRun } from '#core/run/delete-ended-run.ts';
import { hasEnded, type Run } from '#core/run/run.ts';
import { changeRun, findRun, keyOf } from '#core/run/run-repository.ts';
import { submitRun } from '#core/run/submit-run.ts';
import {
  aLeasedRun,
  aPausedRun,
  aQueuedRun,
  aRunningRun,
  withoutWorkflow,
} from '../builders/a-run.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine, aSubmission, type Engine } from '../builders/an-engine.ts';

const sessionId = '00000000-0000-4000-8000-000000000001';

const itemsOf = async ({ deps }: Engine, pk: string) =>
  (await deps.store.queryKeys({ pk, order: 'ascending', limit: 100 })).map(({ sk }) => sk);

const anEndedRun = async (engine: Engine, command: Parameters<Engine['submit']>[0] = {}) =>
  engine.reach(await engine.submit(command), hasEnded);

const count = (engine: Engine) => engine.runtime.tally.count({ orgId: 'acme' });

describe('deleting a run that has ended', () => {
  it('leaves nothing of it, its own session and its blobs included', async () => {
    const engine = await anEngine({ settings: { inlineBytes: 10 } });
    const run = await anEndedRun(engine, { message: 'a message that is too long for an item' });
    if (run.status !== 'COMPLETED' || run.output.in !== 'blob') throw new Error(run.status);
    const { key } = run.output;
    await engine.deps.blobs.get(key);

    await deleteEndedRun(engine.deps, keyOf(run));

    expect(await findRun(engine.deps, keyOf(run))).toBeUndefined();
    expect(await itemsOf(engine, `T#acme#R#${run.id}`)).toEqual([]);
    expect(await itemsOf(engine, `T#acme#S#${run.sessionId}`)).toEqual([]);
    await expect(engine.deps.blobs.get(key)).rejects.toThrow();
    expect(await count(engine)).toBe(0);
  });

  it('leaves a session in which more was said, with its history', async () => {
    const engine = await anEngine();
    const first = await anEndedRun(engine, { sessionId });
    await anEndedRun(engine, { sessionId });

    await deleteEndedRun(engine.deps, keyOf(first));
    const third = await anEndedRun(engine, { sessionId });

    expect(third).toMatchObject({ status: 'COMPLETED', turn: 3 });
    expect(await count(engine)).toBe(2);
  });

  it.each([
    ['queued', aQueuedRun],
    ['running', aRunningRun],
    ['paused', aPausedRun],
  ] as const)('is refused while it is %s', async (_, arrange) => {
    const engine = await anEngine({ idle: true, agents: [workingAgent(() => undefined)] });
    const run: Run = await arrange(engine, { agentId: 'worker', message: 'guarded' });

    await expect(deleteEndedRun(engine.deps, keyOf(run))).rejects.toMatchObject({
      code: 'run_state_conflict',
      details: { currentStatus: run.status },
    });
    expect(await findRun(engine.deps, keyOf(run))).toEqual(run);
  });

  it('is refused while somebody still works for the cancelled run: its slot is not lost', async () => {
    const engine = await anEngine({ idle: true });
    const { run } = await aLeasedRun(engine);
    await cancelRun(withoutWorkflow(engine.deps), keyOf(run), 'enough');

    await expect(deleteEndedRun(engine.deps, keyOf(run))).rejects.toMatchObject({
      code: 'run_state_conflict',
      message: expect.stringContaining('not let go of yet'),
    });
    expect(await itemsOf(engine, 'T#acme#SLOT')).toHaveLength(1);
  });

  it('waits for whoever is about to let go of it', async () => {
    const engine = await anEngine({ idle: true });
    const { run } = await aLeasedRun(engine);
    const cancelled = await cancelRun(withoutWorkflow(engine.deps), keyOf(run), 'enough');

    const deletion = deleteEndedRun(engine.deps, keyOf(run));
    await changeRun(engine.deps, keyOf(cancelled), (current) =>
      current.status === 'CANCELLED'
        ? { run: { ...current, slot: null, executionOpen: false } }
        : undefined,
    );

    await deletion;
    expect(await findRun(engine.deps, keyOf(run))).toBeUndefined();
  });

  it('is refused before the world was told how it ended', async () => {
    const engine = await anEngine({ idle: true, settings: { announces: true } });
    const run = await aQueuedRun(engine);
    await cancelRun(engine.deps, keyOf(run), 'enough');

    await expect(deleteEndedRun(engine.deps, keyOf(run))).rejects.toMatchObject({
      code: 'run_state_conflict',
    });
  });

  it('cannot be done for another tenant, nor twice', async () => {
    const engine = await anEngine();
    const run = await anEndedRun(engine);
    const notFound = { code: 'run_not_found' };

    await expect(
      deleteEndedRun(engine.deps, { orgId: 'other', runId: run.id }),
    ).rejects.toMatchObject(notFound);
    await deleteEndedRun(engine.deps, keyOf(run));
    await expect(deleteEndedRun(engine.deps, keyOf(run))).rejects.toMatchObject(notFound);
  });

  it('does not let its key make another run', async () => {
    const engine = await anEngine();
    const command = aSubmission({ idempotency: { route: 'r', key: 'k', fingerprint: 'f' } });
    const { run } = await submitRun(engine.deps, command);
    await engine.reach(run, hasEnded);
    await deleteEndedRun(engine.deps, keyOf(run));

    await expect(submitRun(engine.deps, command)).rejects.toMatchObject({ code: 'run_not_found' });
    expect(await count(engine)).toBe(0);
  });
});
