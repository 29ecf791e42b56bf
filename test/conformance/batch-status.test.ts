import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { aCompletedRun, aPausedRun, finance, question } from './agents.ts';
import { them, us } from './client.ts';
import { submit, untilIs } from './runs.ts';
import { AgentRun } from './wire.ts';

const statusesOf = async (ids: readonly string[]) =>
  (await us.call(z.array(AgentRun), 'GET', pathFor(ids))).body;

const pathFor = (ids: readonly string[]) =>
  `/api/agents/${finance}/runs/status?runIds=${ids.join(',')}`;

const anUnknownId = () => `run_${randomUUID()}`;

it('answers for several runs at once, in the order of the request', async () => {
  const runs = await Promise.all([aCompletedRun(us), aCompletedRun(us), aCompletedRun(us)]);
  const [a, b, c] = runs.map(({ id }) => id);

  const statuses = await statusesOf([`${c}`, `${a}`, `${b}`]);

  expect(statuses).toEqual([runs[2], runs[0], runs[1]]);
});

it('takes ids without run_ in a batch', async () => {
  const { id } = await aCompletedRun(us);

  const statuses = await statusesOf([id.replace('run_', '')]);

  expect(statuses.map((run) => run.id)).toEqual([id]);
});

it('leaves out of a batch what there is not, and runs of other agents and tenants', async () => {
  const mine = await aCompletedRun(us);
  const ofAnotherAgent = await aPausedRun(us);
  const ofAnotherTenant = await aCompletedRun(them);

  const statuses = await statusesOf([
    anUnknownId(),
    ofAnotherAgent.id,
    mine.id,
    ofAnotherTenant.id,
    'no-id-at-all',
  ]);

  expect(statuses).toEqual([mine]);
});

it('answers with an empty list where none of the runs is known', async () => {
  expect(await statusesOf([anUnknownId(), anUnknownId()])).toEqual([]);
});

it('answers once for a run that is named twice', async () => {
  const run = await aCompletedRun(us);

  const statuses = await statusesOf([run.id, run.id.replace('run_', ''), run.id]);

  expect(statuses).toEqual([run]);
});

it('answers for 100 runs at once', async () => {
  const run = await submit(us, finance, { message: question });
  await untilIs(us, run, 'COMPLETED');
  const ids = [...Array.from({ length: 99 }, anUnknownId), run.id];

  const statuses = await statusesOf(ids);

  expect(statuses.map(({ id }) => id)).toEqual([run.id]);
});

it.each([
  ['101 runs', pathFor(Array.from({ length: 101 }, anUnknownId))],
  ['no runs', pathFor([])],
  ['commas alone', pathFor(['', '', ''])],
  ['no runIds', `/api/agents/${finance}/runs/status`],
])('refuses a batch of %s with 400', async (_, path) => {
  const { body } = await us.refused(400, 'GET', path);

  expect(body.invalidParams).toMatchObject([{ name: 'runIds' }]);
});
