import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  aCompletedRun,
  aPausedRun,
  aQueuedRun,
  aRunningRun,
  finance,
  ops,
  question,
} from './agents.ts';
import { us } from './client.ts';
import { allEvents } from './event-stream.ts';
import { cancel, pathOf, statusOf, submit, untilIs } from './runs.ts';

it.each([
  ['queued', async () => (await aQueuedRun(us)).queued],
  ['running', () => aRunningRun(us)],
  ['paused', () => aPausedRun(us)],
])('cancels a %s run with 204 and no body', async (_, aRun) => {
  const run = await aRun();

  const response = await cancel(us, run);

  expect(response.status).toBe(204);
  expect(await response.text()).toBe('');
  expect(await statusOf(us, run)).toMatchObject({ status: 'CANCELLED' });
});

it.each([
  ['queued', async () => (await aQueuedRun(us)).queued],
  ['running', () => aRunningRun(us)],
  ['paused', () => aPausedRun(us)],
])('refuses to cancel a %s run a second time', async (_, aRun) => {
  const run = await aRun();
  await cancel(us, run);

  const { body } = await us.refused(409, 'DELETE', pathOf(run));

  expect(body.currentStatus).toBe('CANCELLED');
});

it('cancels by an id without run_', async () => {
  const run = await aPausedRun(us);

  const { status } = await cancel(us, { ...run, id: run.id.replace('run_', '') });

  expect(status).toBe(204);
  expect(await statusOf(us, run)).toMatchObject({ status: 'CANCELLED' });
});

it('refuses to cancel a completed run', async () => {
  const run = await aCompletedRun(us);

  const { body } = await us.refused(409, 'DELETE', pathOf(run));

  expect(body.currentStatus).toBe('COMPLETED');
  expect(await statusOf(us, run)).toEqual(run);
});

it('takes no decision on a run that was cancelled while it waited for one', async () => {
  const run = await aPausedRun(us);
  await cancel(us, run);

  const { body } = await us.refused(409, 'POST', `${pathOf(run)}/continue`, {
    json: { action: 'APPROVE' },
  });

  expect(body.currentStatus).toBe('CANCELLED');
});

it('goes on with the session after a running run was cancelled, which stays so', async () => {
  const { blocker, queued } = await aQueuedRun(us);
  await untilIs(us, blocker, 'RUNNING');

  await cancel(us, blocker);
  await untilIs(us, queued, 'COMPLETED');

  const cancelled = await statusOf(us, blocker);
  const events = await allEvents(us, blocker.id);
  expect(cancelled).toMatchObject({ status: 'CANCELLED' });
  expect(events.map(({ type }) => type)).toContain('run.started');
  expect(events.at(-1)?.type).toBe('run.cancelled');
});

it('never runs a queued run that was cancelled, and goes on with the one after it', async () => {
  const { blocker, queued } = await aQueuedRun(us);
  const { sessionId } = await statusOf(us, queued);
  const next = await submit(us, finance, { message: question, sessionId });

  await cancel(us, queued);
  await cancel(us, blocker);
  await untilIs(us, next, 'COMPLETED');

  expect(await statusOf(us, queued)).toMatchObject({ status: 'CANCELLED', startedAt: null });
  const events = await allEvents(us, queued.id);
  expect(events.map(({ type }) => type)).toEqual(['run.queued', 'run.cancelled']);
});

it('lets the session go on after a paused run was cancelled', async () => {
  const paused = await aPausedRun(us);
  const next = await submit(us, ops, {
    message: 'List the tables.',
    sessionId: paused.sessionId,
  });

  await cancel(us, paused);

  await untilIs(us, next, 'COMPLETED');
});

it('cancels a run once, however many ask for it at the same time', async () => {
  const run = await aRunningRun(us);

  const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(us, run)));

  const statuses = answers.map(({ status }) => status).toSorted();
  expect(statuses).toEqual([204, ...Array.from({ length: 9 }, () => 409)]);
});

it('does not find a run to cancel that there is not', async () => {
  await us.refused(404, 'DELETE', `/api/agents/${finance}/runs/run_${randomUUID()}`);
});
