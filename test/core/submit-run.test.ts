import { describe, expect, it } from 'vitest';
import { getRequest } from '#core/run/run-input.ts';
import { eventsAfter, keyOf } from '#core/run/run-repository.ts';
import { submitRun } from '#core/run/submit-run.ts';
import { anAgent, echoAgent } from '../builders/an-agent.ts';
import { anEngine, aSubmission } from '../builders/an-engine.ts';

describe('submitting a run', () => {
  it('takes it from its submission to its answer', async () => {
    const engine = await anEngine();

    const run = await engine.submit({ message: 'hello' });
    const ended = await engine.reach(run, ({ status }) => status === 'COMPLETED');

    expect(ended).toMatchObject({
      output: { in: 'item', value: { content: 'echo hello', followups: [] } },
    });
    const events = await eventsAfter(engine.deps, keyOf(run), 0);
    expect(events.map(({ type }) => type)).toEqual([
      'run.queued',
      'run.started',
      'step.started',
      'text.delta',
      'run.completed',
    ]);
  });

  it('refuses an agent that there is not', async () => {
    const engine = await anEngine();

    const submission = engine.submit({ agentId: 'nobody' });

    await expect(submission).rejects.toMatchObject({ code: 'agent_not_found' });
  });

  it('refuses media that the agent cannot take, and stores nothing', async () => {
    const engine = await anEngine();
    const media = [{ mediaType: 'image/png', bytes: new Uint8Array([1]) }];

    const submission = engine.submit({ media });

    await expect(submission).rejects.toMatchObject({
      code: 'invalid_input',
      details: { fields: [{ field: 'media[0].type', message: 'this agent takes no media' }] },
    });
    expect(await engine.deps.store.query(allRuns)).toEqual([]);
  });

  it('keeps a long message and a long answer beside their items', async () => {
    const engine = await anEngine({ agents: [echoAgent()], settings: { inlineBytes: 100 } });
    const message = 'word '.repeat(100);

    const run = await engine.submit({ message });
    const ended = await engine.reach(run, ({ status }) => status === 'COMPLETED');

    expect(ended).toMatchObject({ output: { in: 'blob' } });
    expect((await getRequest(engine.deps, keyOf(run))).message).toBe(message);
  });

  it('hands the bytes of media to the model', async () => {
    const seen: unknown[] = [];
    const engine = await anEngine({
      agents: [
        anAgent({
          id: 'echo',
          accepts: ['image/*'],
          script: ({ prompt }) => {
            seen.push(prompt.at(-1));
            return { text: 'seen' };
          },
        }),
      ],
    });
    const media = [{ mediaType: 'image/png', bytes: new Uint8Array([7, 8, 9]) }];

    const run = await engine.submit({ media });
    await engine.reach(run, ({ status }) => status === 'COMPLETED');

    expect(seen).toMatchObject([
      { content: [{}, { mediaType: 'image/png', data: { data: Buffer.from([7, 8, 9]) } }] },
    ]);
  });
});

const allRuns = { index: 'tenant', pk: 'T#acme#RUNS', order: 'ascending', limit: 10 } as const;

describe('an idempotency key', () => {
  const claim = { route: 'POST /runs', key: 'k1', fingerprint: 'f1' };

  it('makes one run of many requests at the same time', async () => {
    const engine = await anEngine();
    const command = aSubmission({ idempotency: claim });

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => submitRun(engine.deps, command)),
    );

    expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(await engine.deps.store.query(allRuns)).toHaveLength(1);
  });

  it('is refused for another request', async () => {
    const engine = await anEngine();
    await engine.submit({ idempotency: claim });

    const other = engine.submit({ idempotency: { ...claim, fingerprint: 'f2' } });

    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });

  it.each([
    ['another tenant', { orgId: 'other' }],
    ['another operation', { idempotency: { ...claim, route: 'POST /other' } }],
  ])('is another key for %s', async (_, different) => {
    const engine = await anEngine();
    const first = await engine.submit({ idempotency: claim });

    const second = await engine.submit({ idempotency: claim, ...different });

    expect(second.id).not.toBe(first.id);
  });

  it('is forgotten after a day', async () => {
    const engine = await anEngine();
    const first = await engine.submit({ idempotency: claim });

    engine.clock.advance(24 * 3600 * 1000 + 1);
    const second = await engine.submit({ idempotency: { ...claim, fingerprint: 'f2' } });

    expect(second.id).not.toBe(first.id);
  });
});
