import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aCompletedRun, aPausedRun, finance, ops, slow } from './agents.ts';
import { Client, nobody, us } from './client.ts';
import { agentRoutes, agentRunRoutes, allRoutes, type Route, runRoutes } from './routes.ts';
import { statusOf } from './runs.ts';

const named = (routes: readonly Route[]) =>
  routes.map((route) => [`${route.method} ${route.path}`, route] as const);

const anUnknownRun = { id: `run_${randomUUID()}`, agentId: finance };

/** API Gateway renames the header. */
const challengeIn = (headers: Headers) =>
  headers.get('WWW-Authenticate') ?? headers.get('x-amzn-remapped-www-authenticate');

describe('without a valid token', () => {
  const callers: [string, Client][] = [
    ['no token', nobody],
    ['a wrong token', new Client(us.baseUrl, 'Bearer lr_wrong')],
    ['an empty token', new Client(us.baseUrl, 'Bearer ')],
    ['another scheme', new Client(us.baseUrl, 'Basic dXNlcjpwYXNz')],
    ['the token alone', new Client(us.baseUrl, us.authorization?.replace('Bearer ', ''))],
    ['more than the token', new Client(us.baseUrl, `${us.authorization} x`)],
  ];

  it.each(named(allRoutes(anUnknownRun)))('%s is refused with 401', async (_, route) => {
    for (const [, caller] of callers) {
      const { headers, body } = await caller.refused(401, route.method, route.path, route);

      expect(challengeIn(headers)).toMatch(/^Bearer\b/);
      expect(body.type).toBe('urn:problem-type:unauthorized');
    }
  });

  it('a request is refused before it is looked at', async () => {
    await nobody.refused(401, 'POST', `/api/agents/${finance}/runs`, { body: 'no JSON' });
    await nobody.refused(401, 'POST', '/api/agents/no_such_agent/runs', { json: {} });
  });

  it.each([
    ['/health', 'application/json'],
    ['/', 'text/html'],
  ])('%s is served', async (path, type) => {
    const response = await nobody.send('GET', path);

    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toMatch(type);
  });
});

it('takes the word Bearer in any case', async () => {
  const caller = new Client(us.baseUrl, us.authorization?.replace('Bearer', 'bearer'));

  const { status } = await caller.send('GET', '/api/agents');

  expect(status).toBe(200);
});

describe('404 is the answer', () => {
  const noAgent = 'no_such_agent';

  it.each([
    ...named(agentRoutes(noAgent)),
    ...named(agentRunRoutes({ id: anUnknownRun.id, agentId: noAgent })),
  ])('for an unknown agent: %s', async (_, route) => {
    const { body } = await us.refused(404, route.method, route.path, route);

    expect(body.detail).toContain(noAgent);
  });

  it.each(named(runRoutes(anUnknownRun)))('for an unknown run: %s', async (_, route) => {
    await us.refused(404, route.method, route.path, route);
  });

  it.each(named(runRoutes({ id: 'run_no-uuid', agentId: finance })))(
    'for what cannot be a run: %s',
    async (_, route) => {
      await us.refused(404, route.method, route.path, route);
    },
  );

  it('for a run of another agent, and nothing happens to it', async () => {
    const run = await aPausedRun(us);

    for (const agentId of [finance, slow])
      for (const route of agentRunRoutes({ id: run.id, agentId }))
        await us.refused(404, route.method, route.path, route);

    expect(await statusOf(us, run)).toEqual(run);
  });

  it.each(['/api', '/api/run', '/api/agents/finance_agent/walks', '/api/runs/a/b/c', '/nowhere'])(
    'for the unknown path %s',
    async (path) => {
      await us.refused(404, 'GET', path);
    },
  );
});

it.each([
  ['PUT', '/api/agents', 'GET'],
  ['PUT', `/api/agents/${finance}/runs`, 'POST'],
  ['GET', `/api/agents/${finance}/runs/background`, 'POST'],
  ['POST', `/api/agents/${finance}/runs/${anUnknownRun.id}/status`, 'GET'],
  ['GET', `/api/agents/${finance}/runs/${anUnknownRun.id}/continue`, 'POST'],
  ['PATCH', `/api/agents/${finance}/runs/${anUnknownRun.id}`, 'DELETE'],
  ['POST', '/api/runs', 'GET'],
  ['DELETE', `/api/runs/${anUnknownRun.id}`, 'GET'],
  ['POST', `/api/runs/${anUnknownRun.id}/events`, 'GET'],
] as const)(
  'answers %s %s with 405 and the method that there is',
  async (method, path, allowed) => {
    const { headers } = await us.refused(405, method, path);

    expect(headers.get('Allow')?.split(/, */)).toContain(allowed);
    expect(headers.get('Allow')?.split(/, */)).not.toContain(method);
  },
);

it('lists the agents with what a caller has to know', async () => {
  const agents = await us.send('GET', '/api/agents');

  expect(await agents.json()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ agentId: finance, isTeam: false }),
      expect.objectContaining({
        agentId: ops,
        tools: expect.arrayContaining(['delete_table', 'send_email']),
      }),
      expect.objectContaining({ agentId: slow }),
    ]),
  );
});

it('says in a problem of what kind it is, and repeats the status', async () => {
  const { body } = await us.refused(404, 'GET', `/api/runs/${anUnknownRun.id}`);

  expect(body).toMatchObject({ type: 'urn:problem-type:resource-not-found', status: 404 });
  expect(body.detail).toContain(anUnknownRun.id.replace('run_', ''));
});

it('shows the same error for a run that has ended and for one that is decided on', async () => {
  const run = await aCompletedRun(us);

  const ended = await us.refused(409, 'DELETE', `/api/agents/${finance}/runs/${run.id}`);

  expect(ended.body).toMatchObject({ type: 'urn:problem-type:run-state-conflict', runId: run.id });
});
