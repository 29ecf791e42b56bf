import { describe, expect, it, vi } from 'vitest';
import type { Run } from '#core/run/run.ts';
import { findRun, keyOf } from '#core/run/run-repository.ts';
import { sweep } from '#core/run/sweep.ts';
import { anAgent, workingAgent } from '../builders/an-agent.ts';
import { anEngine, type Engine } from '../builders/an-engine.ts';

const day = 24 * 3600 * 1000;
const sessionId = '00000000-0000-4000-8000-000000000001';
const completed = ({ status }: Run) => status === 'COMPLETED';

const items = async (engine: Engine, pk: string) =>
  (await engine.deps.store.queryKeys({ pk, order: 'ascending', limit: 100 })).length;

describe('retention', () => {
  it('makes a run absent when its time is over, and deletes it and its session', async () => {
    const engine = await anEngine();
    const run = await engine.reach(await engine.submit({ sessionId }), completed);

    engine.clock.advance(30 * day + 1);
    const found = await findRun(engine.deps, keyOf(run));
    await sweep(engine.deps);

    expect(found).toBeUndefined();
    // The engine's own sweep may have been at it first.
    await vi.waitFor(async () => {
      expect(await items(engine, `T#acme#R#${run.id}`)).toBe(0);
      expect(await items(engine, `T#acme#S#${sessionId}`)).toBe(0);
    });
  });

  it('keeps a session whose last run is younger, and all of its history', async () => {
    const engine = await anEngine();
    await engine.reach(await engine.submit({ sessionId }), completed);
    engine.clock.advance(29 * day);
    await engine.reach(await engine.submit({ sessionId }), completed);

    engine.clock.advance(2 * day);
    await sweep(engine.deps);
    const next = await engine.submit({ sessionId });

    await engine.reach(next, completed);
    expect(next.turn).toBe(3);
  });

  it('keeps the media of a session as long as its history', async () => {
    const viewer = anAgent({ id: 'viewer', accepts: ['image/*'] });
    const engine = await anEngine({ agents: [viewer] });
    const submit = (bytes: readonly Uint8Array[]) =>
      engine.submit({
        agentId: 'viewer',
        sessionId,
        media: bytes.map((one) => ({ mediaType: 'image/png', bytes: one })),
      });
    const first = await engine.reach(await submit([new Uint8Array([1])]), completed);
    engine.clock.advance(29 * day);
    await engine.reach(await submit([]), completed);
    const key = `acme/${sessionId}/${first.id}/media-0`;

    engine.clock.advance(2 * day);
    await sweep(engine.deps);
    await vi.waitFor(async () => expect(await items(engine, `T#acme#R#${first.id}`)).toBe(0));
    const third = await engine.reach(await submit([]), (run) => 'completedAt' in run);

    expect(third.status).toBe('COMPLETED');
    expect(await engine.deps.blobs.get(key)).toHaveLength(1);

    engine.clock.advance(31 * day);
    await sweep(engine.deps);

    await vi.waitFor(() => expect(engine.deps.blobs.get(key)).rejects.toThrow());
  });

  it('never takes what belongs to a run that waits for a person', async () => {
    const engine = await anEngine({
      agents: [
        workingAgent(() => undefined, {
          tools: (workingAgent(() => undefined).tools ?? []).map((tool) => ({
            ...tool,
            approval: { when: 'always', expiresAfterSeconds: 360 * 24 * 3600 },
          })),
        }),
      ],
    });
    const run = await engine.submit({ agentId: 'worker', message: 'guarded', sessionId });
    await engine.reach(run, ({ status }) => status === 'PAUSED');

    for (let i = 0; i < 10; i += 1) {
      engine.clock.advance(30 * day);
      await sweep(engine.deps);
    }

    expect(await findRun(engine.deps, keyOf(run))).toMatchObject({ status: 'PAUSED' });
    expect(await items(engine, `T#acme#S#${sessionId}`)).toBeGreaterThan(2);
  });
});
