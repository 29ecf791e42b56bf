import { beforeAll, describe, expect, it } from 'vitest';
import { aCompletedRun, aPausedRun, finance, question } from './agents.ts';
import { them, us } from './client.ts';
import { runRoutes } from './routes.ts';
import { detailOf, type Run, run, statusOf, submit, untilIs } from './runs.ts';

const routeNames = runRoutes({ id: '{runId}', agentId: '{agentId}' }).map(
  ({ method, path }) => `${method} ${path}`,
);

describe('a run of another tenant', () => {
  let paused: Awaited<ReturnType<typeof aPausedRun>>;
  let completed: Run;

  beforeAll(async () => {
    [paused, completed] = await Promise.all([aPausedRun(us), aCompletedRun(us)]);
  });

  it.each(routeNames)('is not found by %s', async (name) => {
    for (const run of [paused, completed]) {
      const route = runRoutes(run)[routeNames.indexOf(name)];
      if (!route) throw new Error(`no route ${name}`);

      const { body } = await them.refused(404, route.method, route.path, route);

      expect(body.currentStatus).toBeUndefined();
    }
  });

  it('is answered exactly as one that there is not', async () => {
    const unknown = { id: `run_${crypto.randomUUID()}`, agentId: paused.agentId };

    const theirs = await them.refused(404, 'GET', `/api/runs/${paused.id}`);
    const none = await them.refused(404, 'GET', `/api/runs/${unknown.id}`);

    const anonymous = (text: string) => text.replace(/[0-9a-f-]{36}/g, '*');
    expect(anonymous(JSON.stringify(theirs.body))).toBe(anonymous(JSON.stringify(none.body)));
  });

  it('is none of what the other tenant may change', async () => {
    for (const { method, path, json } of runRoutes(paused)) await them.send(method, path, { json });

    expect(await statusOf(us, paused)).toEqual(paused);
  });
});

it('takes the tenant from the token, whatever orgId the request names', async () => {
  const theirs = await submit(them, finance, { message: question });
  await untilIs(them, theirs, 'COMPLETED');

  const ours = await run(us, finance, { message: question, orgId: 'acme' });

  const id = ours.runId;
  expect(await statusOf(us, { id, agentId: finance })).toMatchObject({ status: 'COMPLETED' });
  await them.refused(404, 'GET', `/api/runs/${id}`);
});

it('lets a request name its user, and names the caller beside it', async () => {
  const first = await submit(us, finance, { message: question, userId: 'anna' });
  const second = await submit(us, finance, { message: question });

  const [named, unnamed] = await Promise.all([detailOf(us, first), detailOf(us, second)]);

  expect(named.userId).toBe('anna');
  expect(unnamed.userId).not.toBe('anna');
  expect(named.submittedBy).toBe(unnamed.submittedBy);
});
