import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineTool } from '#agent/define-agent.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { deleteEndedRun } from '#core/run/delete-ended-run.ts';
import { retryRun } from '#core/run/retry-run.ts';
import { hasEnded, type Run, RunOutput } from '#core/run/run.ts';
import { getRequest } from '#core/run/run-input.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { sweep } from '#core/run/sweep.ts';
import { runToolCalls } from '#core/run/tool-calls.ts';
import { sessionHead } from '#core/session/session.ts';
import { deleteAllBut } from '#core/store/delete-all-but.ts';
import { sessionKey } from '#core/store/keys.ts';
import { loadValue } from '#core/store/stored-value.ts';
import { aQueuedRun } from '../builders/a-run.ts';
import { anAgent, echoAgent, workingAgent } from '../builders/an-agent.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';

const sessionId = '00000000-0000-4000-8000-000000000001';

const retry = async (
  { deps }: Engine,
  run: Run,
  more: Partial<Parameters<typeof retryRun>[1]> = {},
) =>
  retryRun(deps, {
    ...keyOf(run),
    principal: 'key:again',
    principalUserId: undefined,
    idempotency: undefined,
    ...more,
  });

const again = async (engine: Engine, run: Run, fromStep?: number) =>
  engine.reach((await retry(engine, run, { fromStep })).run, hasEnded);

const contentOf = async ({ deps }: Engine, run: Run) => {
  if (run.status !== 'COMPLETED') throw new Error(`${run.status}`);
  return (await loadValue(deps, run.output, RunOutput)).content;
};

/** Says how much was said before the message. */
const rememberer = anAgent({
  id: 'rememberer',
  script: ({ message, prompt }) => ({
    text: `${prompt.filter(({ role }) => role !== 'system').length - 1} before: ${message}`,
  }),
});

/** Fails in its last tool until it is told not to. */
function aFailingWorker() {
  const effects: string[] = [];
  let fails = true;
  const tool = (name: string) =>
    defineTool({
      name,
      description: '',
      input: z.object({}),
      execute: () => {
        effects.push(name);
        return `${name} done`;
      },
    });
  const agent = anAgent({
    id: 'failing',
    tools: [tool('first'), tool('second')],
    script: ({ turn, results }) => {
      if (turn === 2 && fails) throw new Error('the provider is down');
      const name = ['first', 'second'][turn];
      return name
        ? { toolCalls: [{ name, input: {} }] }
        : { text: results.map(({ value }) => value).join(', ') };
    },
  });
  const repair = () => {
    fails = false;
  };
  return { agent, effects, repair };
}

describe('a run that is retried', () => {
  it('is asked the same again, by whoever retries it, and names its origin', async () => {
    const engine = await anEngine();
    const origin = await engine.reach(
      await engine.submit({
        userId: 'bob',
        groupId: 'g1',
        metadata: { a: 1 },
        context: { tone: 'kind' },
        wire: { kept: true },
        timeoutSeconds: 60,
        priority: 'low',
        webhook: { url: 'https://example.com/', dialect: 'longrun' },
        options: { temperature: 0.5 },
      }),
      hasEnded,
    );

    const { run, replayed } = await retry(engine, origin);

    expect(replayed).toBe(false);
    expect(run).toMatchObject({
      status: 'QUEUED',
      userId: 'bob',
      principal: 'key:again',
      agentId: 'echo',
      sessionId: origin.sessionId,
      groupId: 'g1',
      metadata: { a: 1 },
      timeoutSeconds: 60,
      priority: 'low',
      webhook: origin.webhook,
      origin: { runId: origin.id, step: 0 },
    });
    expect(await getRequest(engine.deps, keyOf(run))).toEqual(
      await getRequest(engine.deps, keyOf(origin)),
    );
    expect(await contentOf(engine, await engine.reach(run, hasEnded))).toBe('echo hello');
  });

  it.each([
    ['queued', {}],
    ['paused', { agentId: 'worker', message: 'guarded' }],
  ])('is refused while it is %s', async (status, command) => {
    const engine = await anEngine({ agents: [echoAgent(), workingAgent(() => undefined)] });
    const run =
      status === 'queued'
        ? await aQueuedRun(engine)
        : await engine.reach(await engine.submit(command), (one) => one.status === 'PAUSED');

    await expect(retry(engine, run)).rejects.toMatchObject({ code: 'run_state_conflict' });
  });

  it('is one run for one key, and another for another', async () => {
    const engine = await anEngine();
    const origin = await engine.reach(await engine.submit(), hasEnded);
    const withKey = (key: string) =>
      retry(engine, origin, { idempotency: { route: 'retry', key, fingerprint: 'f' } });
    const first = await withKey('k1');

    const same = await withKey('k1');
    const other = await withKey('k2');

    expect(same).toMatchObject({ replayed: true, run: { id: first.run.id } });
    expect(other.run.id).not.toBe(first.run.id);
  });

  it('is not found where it is deleted, or of another tenant', async () => {
    const engine = await anEngine();
    const origin = await engine.reach(await engine.submit(), hasEnded);

    await expect(retry(engine, origin, { orgId: 'other' })).rejects.toMatchObject({
      code: 'run_not_found',
    });
    await deleteEndedRun(engine.deps, keyOf(origin));
    await expect(retry(engine, origin)).rejects.toMatchObject({ code: 'run_not_found' });
  });
});

describe('a run that goes on after a step of another', () => {
  it('repeats none of its tool calls, and shows them as its own', async () => {
    const { agent, effects, repair } = aFailingWorker();
    const engine = await anEngine({ agents: [agent] });
    const origin = await engine.reach(await engine.submit({ agentId: 'failing' }), hasEnded);
    repair();

    const run = await again(engine, origin, origin.step);

    expect(origin).toMatchObject({ status: 'FAILED', error: { code: 'model_error' } });
    expect(effects).toEqual(['first', 'second']);
    expect(await contentOf(engine, run)).toBe('first done, second done');
    expect(run.origin).toEqual({ runId: origin.id, step: origin.step });
    expect((await runToolCalls(engine.deps, run)).map(({ name }) => name)).toEqual([
      'first',
      'second',
    ]);
  });

  it('does again what came after that step', async () => {
    const { agent, effects, repair } = aFailingWorker();
    const engine = await anEngine({ agents: [agent] });
    const origin = await engine.reach(await engine.submit({ agentId: 'failing' }), hasEnded);
    repair();

    await again(engine, origin, 2);
    expect(effects).toEqual(['first', 'second', 'second']);

    await again(engine, origin, 0);
    expect(effects).toEqual(['first', 'second', 'second', 'first', 'second']);
  });

  it('needs nothing of the other one any more once it is there', async () => {
    const { agent, repair } = aFailingWorker();
    const engine = await anEngine({ agents: [agent], settings: { inlineBytes: 10 } });
    const origin = await engine.reach(await engine.submit({ agentId: 'failing' }), hasEnded);
    repair();
    const { run } = await retry(engine, origin, { fromStep: 2 });

    await deleteEndedRun(engine.deps, keyOf(origin));

    expect(await contentOf(engine, await engine.reach(run, hasEnded))).toBe(
      'first done, second done',
    );
    const next = await engine.submit({ agentId: 'failing', sessionId: run.sessionId });
    expect(await engine.reach(next, hasEnded)).toMatchObject({
      status: 'COMPLETED',
      base: { runId: run.id },
    });
  });

  it('asks before it repeats a call that the other one had begun', async () => {
    const calls: string[] = [];
    const { promise: called, resolve: call } = Promise.withResolvers<void>();
    const agent = workingAgent(async ({ tool }, { signal }) => {
      calls.push(tool);
      if (calls.length > 1) return;
      call();
      await new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
    const engine = await anEngine({ agents: [agent] });
    const run = await engine.submit({ agentId: 'worker', message: 'risky' });
    await called;
    await cancelRun(engine.deps, keyOf(run), 'enough');
    const origin = await engine.reach(run, hasEnded);

    const { run: next } = await retry(engine, origin, { fromStep: origin.step });
    const settled = await engine.reach(next, (one) => one.status === 'PAUSED' || hasEnded(one));

    expect(settled).toMatchObject({
      status: 'PAUSED',
      pendingApproval: { tool: 'risky', reason: expect.stringContaining('was interrupted') },
    });
    expect(calls).toEqual(['risky']);
    await cancelRun(engine.deps, keyOf(settled), 'enough');
    const third = await retry(engine, await engine.reach(settled, hasEnded), {
      fromStep: settled.step,
    });
    expect(
      await engine.reach(third.run, (one) => one.status === 'PAUSED' || hasEnded(one)),
    ).toMatchObject({
      status: 'PAUSED',
    });
    expect(calls).toEqual(['risky']);
  });

  it.each([1, 2, 100])('cannot begin after step %s of one that has completed in 1', async (n) => {
    const engine = await anEngine();
    const origin = await engine.reach(await engine.submit(), hasEnded);

    await expect(retry(engine, origin, { fromStep: n })).rejects.toMatchObject({
      code: 'invalid_input',
      details: { fields: [{ field: 'fromStep', message: 'must be from 0 to 0' }] },
    });
  });
});

describe('the session of a run that is retried', () => {
  it('goes on from the new answer, as if the first had not been', async () => {
    const engine = await anEngine({ agents: [rememberer] });
    const submit = async (message: string) =>
      engine.reach(await engine.submit({ agentId: 'rememberer', sessionId, message }), hasEnded);
    await submit('one');
    const second = await submit('two');

    const retried = await again(engine, second);
    const third = await submit('three');

    expect(await contentOf(engine, second)).toBe('2 before: two');
    expect(await contentOf(engine, retried)).toBe('2 before: two');
    expect(await contentOf(engine, third)).toBe('4 before: three');
    expect((await sessionHead(engine.deps.store, third))?.checkpoint.runId).toBe(third.id);
  });

  it('is not turned back where it has gone on since', async () => {
    const engine = await anEngine({ agents: [rememberer] });
    const submit = async (message: string) =>
      engine.reach(await engine.submit({ agentId: 'rememberer', sessionId, message }), hasEnded);
    const first = await submit('one');
    const second = await submit('two');

    const retried = await again(engine, first);

    expect(await contentOf(engine, retried)).toBe('0 before: one');
    expect((await sessionHead(engine.deps.store, first))?.checkpoint.runId).toBe(second.id);
    expect(await contentOf(engine, await submit('three'))).toBe('4 before: three');
  });

  it('is where a run begins that had never begun', async () => {
    const engine = await anEngine({ agents: [rememberer] });
    const waiting = await aQueuedRun(engine, { agentId: 'rememberer', sessionId, message: 'x' });
    await cancelRun(engine.deps, keyOf(waiting), 'enough');
    const next = await engine.submit({ agentId: 'rememberer', sessionId, message: 'one' });
    await engine.reach(next, hasEnded);

    const retried = await again(engine, await engine.reach(waiting, hasEnded));

    expect(await contentOf(engine, retried)).toBe('2 before: x');
  });
});

describe('media', () => {
  const viewer = anAgent({
    id: 'viewer',
    accepts: ['image/*'],
    script: ({ turn }) => {
      if (turn === 0) throw new Error('not today');
      return { text: 'seen' };
    },
  });
  const withPicture = {
    agentId: 'viewer',
    sessionId,
    media: [{ mediaType: 'image/png', bytes: new Uint8Array([1, 2, 3]) }],
  };

  it('are the new run’s own, whatever becomes of the other', async () => {
    const engine = await anEngine({ agents: [viewer] });
    const origin = await engine.reach(await engine.submit(withPicture), hasEnded);
    const { run } = await retry(engine, origin);
    await engine.reach(run, hasEnded);

    await deleteEndedRun(engine.deps, keyOf(origin));

    const key = `acme/${sessionId}/${run.id}/media-0`;
    expect((await getRequest(engine.deps, keyOf(run))).media).toMatchObject([
      { source: { blobKey: key } },
    ]);
    expect([...(await engine.deps.blobs.get(key))]).toEqual([1, 2, 3]);
  });

  it('that are gone make the retry one that cannot be', async () => {
    const engine = await anEngine({ agents: [viewer] });
    const origin = await engine.reach(await engine.submit(withPicture), hasEnded);
    await engine.deps.blobs.deleteAll(`acme/${sessionId}/`);

    await expect(retry(engine, origin)).rejects.toMatchObject({
      code: 'run_input_gone',
      details: { runId: origin.id },
    });
  });
});

it('cannot go on from a session that is gone', async () => {
  const { agent } = aFailingWorker();
  const engine = await anEngine({ agents: [agent, echoAgent()] });
  await engine.reach(await engine.submit({ sessionId }), hasEnded);
  const origin = await engine.reach(
    await engine.submit({ agentId: 'failing', sessionId }),
    hasEnded,
  );
  await deleteAllBut(engine.deps.store, sessionKey({ orgId: 'acme', sessionId }));

  await expect(retry(engine, origin)).rejects.toMatchObject({ code: 'run_input_gone' });
  await expect(retry(engine, origin, { fromStep: 1 })).rejects.toMatchObject({
    code: 'run_input_gone',
  });
  await sweep(engine.deps);
});
