import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { sweep } from '#core/run/sweep.ts';
import { echoAgent } from '../builders/an-agent.ts';
import { anApi } from '../builders/an-api.ts';

const path = '/api/schedules';
const Shown = z.looseObject({
  id: z.string(),
  state: z.string(),
  nextFirings: z.array(z.string()),
  lastFirings: z.array(z.looseObject({ runId: z.string().optional() })),
});

type Api = Awaited<ReturnType<typeof anApi>>;

const asked = {
  cron: '0 9 * * MON-FRI',
  timeZone: 'Europe/Berlin',
  agentId: 'echo',
  input: { message: 'The report, please.' },
};
const aSchedule = async ({ call }: Api, more: object = {}) =>
  Shown.parse((await call({ httpMethod: 'POST', path, json: { ...asked, ...more } })).json);

const theApi = () => anApi({ agents: [echoAgent()], publicBaseUrl: 'https://localhost' });

/** 1 January 2026 is a Thursday, on which the clock of the tests stands still. */
describe('a schedule', () => {
  it('shows what was asked for, and its next five firings', async () => {
    const { call } = await theApi();

    const { status, json, headers } = await call({ httpMethod: 'POST', path, json: asked });

    const { id } = Shown.parse(json);
    expect(status).toBe(201);
    expect(headers['location']).toBe(`https://localhost/api/schedules/${id}`);
    expect(json).toEqual({
      ...{ id, name: '', state: 'active', cron: asked.cron, timeZone: asked.timeZone },
      ...{ startAt: null, endAt: null, agentId: 'echo', overlap: 'skip', missed: 'fire_once' },
      input: { ...asked.input, options: {}, context: {}, generateFollowups: false, userId: 'ann' },
      createdAt: '2026-01-01T00:00:00.000Z',
      createdBy: 'dev',
      nextFirings: ['01', '02', '05', '06', '07'].map((day) => `2026-01-${day}T08:00:00.000Z`),
      lastFirings: [],
      links: { self: `https://localhost/api/schedules/${id}` },
    });
  });

  it('is found again, alone and in pages', async () => {
    const api = await theApi();
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) ids.push((await aSchedule(api)).id);
    const Page = z.object({ schedules: z.array(Shown), nextCursor: z.string().nullable() });

    const one = await api.call({ httpMethod: 'GET', path: `${path}/${ids[1]}` });
    const first = await api.call({
      httpMethod: 'GET',
      path,
      queryStringParameters: { limit: '2' },
    });
    const { schedules, nextCursor } = Page.parse(first.json);
    const rest = await api.call({
      httpMethod: 'GET',
      path,
      queryStringParameters: { cursor: `${nextCursor}` },
    });

    expect(Shown.parse(one.json).id).toBe(ids[1]);
    expect(schedules.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(Page.parse(rest.json)).toMatchObject({ schedules: [{ id: ids[2] }], nextCursor: null });
  });

  it('shows its last firings with their runs, which name it', async () => {
    const api = await theApi();
    const { id } = await aSchedule(api);
    api.clock.advance(9 * 3600_000);
    await sweep(api.deps);

    const { json } = await api.call({ httpMethod: 'GET', path: `${path}/${id}` });

    const firedFor = '2026-01-01T08:00:00.000Z';
    expect(json).toMatchObject({ lastFirings: [{ firedFor, at: '2026-01-01T09:00:00.000Z' }] });
    const { runId } = Shown.parse(json).lastFirings[0] ?? {};
    const run = await api.call({ httpMethod: 'GET', path: `/api/runs/${runId}` });
    expect(run.json).toMatchObject({ schedule: { id, firedFor }, userId: 'ann' });
  });

  it('is paused, resumed, changed and deleted', async () => {
    const api = await theApi();
    const { id } = await aSchedule(api);
    const post = async (what: string) =>
      Shown.parse((await api.call({ httpMethod: 'POST', path: `${path}/${id}/${what}` })).json);

    const paused = await post('pause');
    const resumed = await post('resume');
    const changed = await api.call({
      ...{ httpMethod: 'PATCH', path: `${path}/${id}` },
      json: { rate: '1 day', input: { message: 'Another.' }, overlap: 'enqueue' },
    });
    const deleted = await api.call({ httpMethod: 'DELETE', path: `${path}/${id}` });
    const gone = await api.call({ httpMethod: 'GET', path: `${path}/${id}` });

    expect([paused, resumed].map(({ state }) => state)).toEqual(['paused', 'active']);
    expect(paused.nextFirings).toEqual([]);
    expect(changed.json).toMatchObject({
      ...{ rate: '1 day', overlap: 'enqueue', input: { message: 'Another.', userId: 'ann' } },
    });
    expect(changed.json).not.toHaveProperty('cron');
    expect([deleted.status, gone.status]).toEqual([204, 404]);
    expect(gone.json).toMatchObject({ code: 'schedule_not_found' });
  });

  it('is another one only for another Idempotency-Key', async () => {
    const { call } = await theApi();
    const headers = { authorization: 'Bearer token-of-the-tests', 'idempotency-key': 'k' };

    const first = await call({ httpMethod: 'POST', path, json: asked, headers });
    const again = await call({ httpMethod: 'POST', path, json: asked, headers });

    expect(Shown.parse(again.json).id).toBe(Shown.parse(first.json).id);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('has a run submitted now, and once for an Idempotency-Key', async () => {
    const api = await theApi();
    const { id } = await aSchedule(api);
    const headers = { authorization: 'Bearer token-of-the-tests', 'idempotency-key': 'k' };
    const request = { httpMethod: 'POST', path: `${path}/${id}/run-now`, headers } as const;

    const first = await api.call(request);
    const again = await api.call(request);

    const { runId } = z.object({ runId: z.string() }).parse(first.json);
    expect(first.status).toBe(202);
    expect(again.json).toEqual(first.json);
    const run = await api.call({ httpMethod: 'GET', path: `/api/runs/${runId}` });
    expect(run.json).toMatchObject({ schedule: { id } });
  });
});

describe('what is wrong with a schedule is said by name', () => {
  it.each([
    ['cron', { cron: '61 * * * *' }],
    ['cron', { cron: '* * * *' }],
    ['cron', { cron: '0 0 30 2 *' }],
    ['cron', { cron: undefined, timeZone: undefined }],
    ['cron', { rate: '5 minutes', timeZone: undefined }],
    ['timeZone', { timeZone: 'Mars/Base' }],
    ['rate', { cron: undefined, timeZone: undefined, rate: '0 minutes' }],
    ['rate', { cron: undefined, timeZone: undefined, rate: '90 seconds' }],
    ['rate', { cron: undefined, timeZone: undefined, rate: '9999 days' }],
    ['timeZone', { cron: undefined, rate: '5 minutes' }],
    ['at', { cron: undefined, timeZone: undefined, at: '2025-12-31T23:59:59Z' }],
    ['at', { cron: undefined, timeZone: undefined, at: '2026-01-02T09:00:00' }],
    ['endAt', { endAt: '2026-01-01T07:00:00Z' }],
    ['overlap', { overlap: 'queue' }],
    ['missed', { missed: 'all' }],
    ['input.message', { input: { message: '' } }],
    ['input.options.model', { input: { message: 'm', options: { model: 'none' } } }],
    ['input', { input: { message: 'm', sesionId: 's' } }],
    ['input.options', { input: { message: 'm', options: { modle: 'm' } } }],
    ['input', { input: { message: 'm'.repeat(40_000) } }],
  ])('%s: %j', async (field, more) => {
    const { call } = await theApi();

    const { status, json } = await call({ httpMethod: 'POST', path, json: { ...asked, ...more } });

    expect(status).toBe(400);
    expect(json).toMatchObject({ invalidParams: [{ name: field }] });
  });

  it('and one for an agent that there is not is 404', async () => {
    const { call } = await theApi();

    const { status } = await call({
      httpMethod: 'POST',
      path,
      json: { ...asked, agentId: 'nobody' },
    });

    expect(status).toBe(404);
  });

  it('a change that is refused changes nothing', async () => {
    const api = await theApi();
    const before = await aSchedule(api);
    const one = { path: `${path}/${before.id}` };

    const { status } = await api.call({
      ...one,
      httpMethod: 'PATCH',
      json: { cron: 'x', name: 'y' },
    });

    expect(status).toBe(400);
    expect((await api.call({ ...one, httpMethod: 'GET' })).json).toEqual(before);
  });
});
