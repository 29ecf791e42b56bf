import { randomUUID } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { finance, question } from './agents.ts';
import { them, us } from './client.ts';
import { eventually } from './eventually.ts';
import { detailOf, untilIs } from './runs.ts';
import { Schedule, SchedulePage, SubmittedNow } from './wire-of-schedules.ts';

const path = '/api/schedules';
const ofOne = ({ id }: Pick<Schedule, 'id'>) => `${path}/${id}`;

const made: Schedule[] = [];

afterAll(() => Promise.all(made.map((schedule) => us.send('DELETE', ofOne(schedule)))));

async function aSchedule(more: object): Promise<Schedule> {
  const response = await us.send('POST', path, {
    json: { name: 'of the suite', agentId: finance, input: { message: question }, ...more },
  });
  expect(response.status).toBe(201);
  const schedule = Schedule.parse(await response.json());
  expect(response.headers.get('Location')).toBe(schedule.links.self);
  made.push(schedule);
  return schedule;
}

const latest = async (schedule: Schedule) => (await us.call(Schedule, 'GET', ofOne(schedule))).body;

const nightly = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' };

it('shows a schedule with its next five firings, alone and in the list', async () => {
  const schedule = await aSchedule(nightly);

  const { body: page } = await us.call(SchedulePage, 'GET', `${path}?limit=100`);

  expect(await latest(schedule)).toEqual(schedule);
  expect(page.schedules).toContainEqual(schedule);
  expect(schedule).toMatchObject({ ...nightly, state: 'active', lastFirings: [] });
  expect(schedule.nextFirings).toHaveLength(5);
  expect(schedule.nextFirings).toEqual(schedule.nextFirings.toSorted());
});

it('submits a run of a schedule at its moment, once', async () => {
  const at = new Date(Date.now() + 8000).toISOString();
  const schedule = await aSchedule({ at });

  // In an account somebody looks once a minute.
  const ended = () =>
    eventually('the schedule has fired', async () => {
      const now = await latest(schedule);
      return now.state === 'ended' ? now : undefined;
    });
  const { lastFirings } = await ended().catch(ended);

  expect(lastFirings).toMatchObject([{ firedFor: at }]);
  const run = { id: `run_${lastFirings[0]?.runId}`, agentId: finance };
  await untilIs(us, run, 'COMPLETED');
  const detail = await detailOf(us, run);
  expect(detail).toMatchObject({ schedule: { id: schedule.id, firedFor: at }, message: question });
});

it('submits a run of a schedule now, once for an Idempotency-Key', async () => {
  const schedule = await aSchedule({ ...nightly, paused: true });
  const headers = { 'Idempotency-Key': randomUUID() };
  const request = () => us.send('POST', `${ofOne(schedule)}/run-now`, { headers });

  const [first, second] = [await request(), await request()];

  expect([first.status, second.status]).toEqual([202, 202]);
  const { runId } = SubmittedNow.parse(await first.json());
  expect(SubmittedNow.parse(await second.json()).runId).toBe(runId);
  await untilIs(us, { id: `run_${runId}`, agentId: finance }, 'COMPLETED');
  const { lastFirings } = await latest(schedule);
  expect(lastFirings.map((firing) => firing.runId)).toEqual([runId]);
});

it('pauses, resumes, changes and deletes a schedule', async () => {
  const schedule = await aSchedule(nightly);
  const post = async (what: string) =>
    (await us.call(Schedule, 'POST', `${ofOne(schedule)}/${what}`)).body;

  const paused = await post('pause');
  const resumed = await post('resume');
  const json = { rate: '2 hours', overlap: 'enqueue' };
  const { body: changed } = await us.call(Schedule, 'PATCH', ofOne(schedule), { json });
  const deleted = await us.send('DELETE', ofOne(schedule));

  expect(paused).toMatchObject({ state: 'paused', nextFirings: [] });
  expect(resumed).toMatchObject({ state: 'active', nextFirings: schedule.nextFirings });
  expect(changed).toMatchObject(json);
  expect(changed.cron).toBeUndefined();
  expect(deleted.status).toBe(204);
  await us.refused(404, 'GET', ofOne(schedule));
});

it.each([
  ['cron', { cron: '61 * * * *' }],
  ['timeZone', { cron: '0 9 * * *', timeZone: 'Mars/Base' }],
  ['rate', { rate: '5 seconds' }],
  ['at', { at: '2020-01-01T00:00:00Z' }],
])('names %s where that is wrong with a schedule', async (name, when) => {
  const json = { agentId: finance, input: { message: question }, ...when };

  const { body } = await us.refused(400, 'POST', path, { json });

  expect(body.invalidParams).toMatchObject([{ name }]);
});

it('shows nobody the schedules of another tenant', async () => {
  const schedule = await aSchedule({ ...nightly, paused: true });

  for (const [method, to] of [
    ['GET', ''],
    ['POST', '/run-now'],
    ['POST', '/resume'],
    ['DELETE', ''],
  ] as const)
    await them.refused(404, method, `${ofOne(schedule)}${to}`);
  await them.refused(404, 'PATCH', ofOne(schedule), { json: { name: 'theirs' } });
  const { body } = await them.call(SchedulePage, 'GET', path);

  expect(body.schedules.map(({ id }) => id)).not.toContain(schedule.id);
  expect(await latest(schedule)).toEqual(schedule);
});
