import { expect, it } from 'vitest';
import {
  aCompletedRun,
  aPausedRun,
  aQueuedRun,
  finance,
  question,
  slow,
  workFor,
} from './agents.ts';
import { us } from './client.ts';
import { allEvents, connect, follow, oneConnection } from './event-stream.ts';
import { cancel, decide, submit, untilIs } from './runs.ts';
import type { RunEvent } from './wire-of-events.ts';

const typesOf = (events: readonly RunEvent[]) => events.map(({ type }) => type);
const textOf = (events: readonly RunEvent[]) =>
  events.map((event) => (event.type === 'text.delta' ? event.data.text : '')).join('');
const numbersTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

it('tells the events of a run numbered from 1 without gaps, from queued to completed', async () => {
  const { id } = await submit(us, finance, { message: question });

  const events = await allEvents(us, id);

  const types = typesOf(events);
  expect(events.map(({ seq }) => seq)).toEqual(numbersTo(events.length));
  expect(types.slice(0, 2)).toEqual(['run.queued', 'run.started']);
  expect(types.at(-1)).toBe('run.completed');
  expect(types.indexOf('tool.started')).toBeGreaterThan(1);
  expect(types.indexOf('tool.completed')).toBeGreaterThan(types.indexOf('tool.started'));
  expect(types.lastIndexOf('text.delta')).toBeGreaterThan(types.indexOf('tool.completed'));
});

it('tells what the agent says, bit by bit, as its output says it', async () => {
  const run = await submit(us, finance, { message: question });

  const events = await allEvents(us, run.id);

  const { output } = await untilIs(us, run, 'COMPLETED');
  expect(textOf(events)).toContain(output);
});

it('tells the events of an ended run again, the same ones, and closes', async () => {
  const run = await submit(us, finance, { message: question, generateFollowups: true });
  const live = await allEvents(us, run.id);

  const replayed = await oneConnection(us, run.id);

  expect(replayed).toEqual(live);
  expect(typesOf(replayed)).toContain('followups');
});

it('takes a run id with run_ and without', async () => {
  const { id } = await aCompletedRun(us);

  expect(await oneConnection(us, id.replace('run_', ''))).toEqual(await oneConnection(us, id));
});

it('tells how far a tool is, forwards only', async () => {
  const { id } = await submit(us, slow, { message: workFor(2) });

  const events = await allEvents(us, id);

  const percentages = events.flatMap((event) =>
    event.type === 'progress' ? (event.data.percentage ?? []) : [],
  );
  expect(percentages).not.toEqual([]);
  expect(percentages).toEqual(percentages.toSorted((a, b) => a - b));
});

it('tells two readers of a run at work the same', async () => {
  const { id } = await submit(us, slow, { message: workFor(1) });

  const [one, other] = await Promise.all([allEvents(us, id), allEvents(us, id)]);

  expect(one).toEqual(other);
});

it('goes on after a decision from where the run was paused', async () => {
  const paused = await aPausedRun(us);
  const events: RunEvent[] = [];

  for await (const event of follow(us, paused.id)) {
    events.push(event);
    if (event.type === 'run.paused') await decide(us, paused, 'REJECT');
  }

  const types = typesOf(events).filter((type) => /^(run|approval)\./.test(type));
  expect(types).toEqual([
    'run.queued',
    'run.started',
    'approval.requested',
    'run.paused',
    'approval.decided',
    'run.resumed',
    'run.completed',
  ]);
  expect(events.find(({ type }) => type === 'approval.requested')).toMatchObject({
    data: {
      approvalId: paused.requiredAction.approvalId,
      tool: paused.requiredAction.tool,
      arguments: paused.requiredAction.args,
    },
  });
});

it('stays on one connection while a run is paused', async () => {
  const paused = await aPausedRun(us);
  const types: string[] = [];

  for await (const { type } of connect(us, paused.id)) {
    types.push(type);
    if (type === 'run.paused') await decide(us, paused, 'REJECT');
  }

  expect(types.at(-1)).toBe('run.completed');
});

it('can be read while a run is still queued, and closes when it is cancelled', async () => {
  const { queued } = await aQueuedRun(us);
  const events: RunEvent[] = [];

  for await (const event of follow(us, queued.id)) {
    events.push(event);
    if (event.type === 'run.queued') await cancel(us, queued);
  }

  expect(typesOf(events)).toEqual(['run.queued', 'run.cancelled']);
});
