import { describe, expect, it } from 'vitest';
import { cancelRun } from '#core/run/cancel-run.ts';
import type { Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { anAgent } from '../builders/an-agent.ts';
import { anEngine } from '../builders/an-engine.ts';

const sessionId = '00000000-0000-4000-8000-000000000001';

/** Answers with the texts that people said in the session so far, its own question included. */
const rememberingAgent = () =>
  anAgent({
    id: 'echo',
    script: ({ prompt }) => ({
      text: prompt
        .flatMap((message) => (message.role === 'user' ? message.content : []))
        .map((part) => (part.type === 'text' ? part.text : ''))
        .join(' '),
    }),
  });

const isOver = ({ status }: Run) => status === 'COMPLETED' || status === 'CANCELLED';

const contentOf = (run: Run) =>
  run.status === 'COMPLETED' && run.output.in === 'item' ? run.output.value : run.status;

describe('a session', () => {
  it('gives its history to each of its runs', async () => {
    const engine = await anEngine({ agents: [rememberingAgent()] });

    for (const message of ['one', 'two'])
      await engine.reach(await engine.submit({ sessionId, message }), isOver);
    const third = await engine.reach(await engine.submit({ sessionId, message: 'three' }), isOver);

    expect(contentOf(third)).toMatchObject({ content: 'one two three' });
  });

  it('runs in the order of submission, one at a time', async () => {
    const engine = await anEngine({ agents: [rememberingAgent()] });
    const messages = Array.from({ length: 20 }, (_, i) => `m${i}`);
    const runs: Run[] = [];

    for (const message of messages) runs.push(await engine.submit({ sessionId, message }));
    const ended = await Promise.all(runs.map((run) => engine.reach(run, isOver)));

    expect(ended.map((run) => run.turn)).toEqual(messages.map((_, i) => i + 1));
    expect(ended.map(contentOf)).toMatchObject(
      messages.map((_, i) => ({ content: messages.slice(0, i + 1).join(' ') })),
    );
  });

  it('gives every run a turn of its own when many are submitted at the same time', async () => {
    const engine = await anEngine({ agents: [rememberingAgent()] });

    const runs = await Promise.all(
      Array.from({ length: 30 }, () => engine.submit({ sessionId, message: 'x' })),
    );
    await Promise.all(runs.map((run) => engine.reach(run, isOver)));

    expect(runs.map(({ turn }) => turn).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
  });

  it('belongs to its tenant: the same id is another session for another', async () => {
    const engine = await anEngine({ agents: [rememberingAgent()] });
    await engine.reach(await engine.submit({ sessionId, message: 'secret' }), isOver);

    const other = await engine.submit({ sessionId, orgId: 'other', message: 'mine' });

    expect(contentOf(await engine.reach(other, isOver))).toMatchObject({ content: 'mine' });
  });

  it('does not remember a run that was cancelled', async () => {
    const engine = await anEngine({
      agents: [rememberingAgent()],
      settings: { slotsPerTenant: 1 },
    });
    const first = await engine.submit({ sessionId, message: 'one' });
    const cancelled = await engine.submit({ sessionId, message: 'two' });
    await cancelRun(engine.deps, keyOf(cancelled), 'test');

    const last = await engine.submit({ sessionId, message: 'three' });

    await engine.reach(first, isOver);
    expect(contentOf(await engine.reach(last, isOver))).toMatchObject({ content: 'one three' });
  });
});
