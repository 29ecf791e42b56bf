import { describe, expect, it } from 'vitest';
import { workingAgent } from '../builders/an-agent.ts';
import { anApi, devToken, restlessWatch } from '../builders/an-api.ts';
import { collect } from '../builders/collect.ts';
import { aServer } from './a-server.ts';

const credential = { authorization: `Bearer ${devToken}` };

it('http: a question mark in a query is part of it', async () => {
  const { ask, events } = await aServer();

  await ask('/a?x=what?&y=1');

  expect(events[0]?.queryStringParameters).toEqual({ x: 'what?', y: '1' });
});
it('http: every request has an id of its own', async () => {
  const { ask, events } = await aServer();

  await ask();
  await ask();

  const [a, b] = events.map(({ requestContext }) => requestContext.requestId);
  expect(a).not.toBe(b);
});
const deep = (n: number) => '['.repeat(n) + ']'.repeat(n);
describe.each([3000, 10_000, 100_000])('JSON that is nested %d deep', (n) => {
  it('is answered with an idempotency key', async () => {
    const { call } = await anApi();
    const body = `{"message":"x","other":${deep(n)}}`;

    const reply = await call({
      httpMethod: 'POST',
      path: '/api/agents/echo/runs/background',
      body,
      headers: { ...credential, 'idempotency-key': 'k' },
    });

    expect([200, 400, 413]).toContain(reply.status);
  });
  it('is answered as media', async () => {
    const { call } = await anApi();
    const body = `{"message":"${'x'.repeat(70_000)}","media":${deep(n)}}`;

    const reply = await call({
      httpMethod: 'POST',
      path: '/api/agents/echo/runs/background',
      body,
    });

    expect([200, 400, 413]).toContain(reply.status);
  });
});
it('a stream that breaks for a bug of ours is logged', async () => {
  const { submit, reach, call, logged, deps } = await anApi();
  const run = await submit();
  await reach(run, ({ status }) => status === 'COMPLETED');
  await deps.store.transact([
    { put: { pk: `T#acme#R#${run.id}`, sk: 'EVT#000000002', value: { events: 'broken' } } },
  ]);

  await call({ path: `/api/runs/${run.id}/events` }).catch(() => undefined);

  expect(logged).toMatchObject([{ level: 'error' }]);
});
it('an ended request that reuses a key in another encoding of its path is the same request', async () => {
  const { call } = await anApi();
  const headers = { ...credential, 'idempotency-key': 'k' };
  const first = await call({
    path: '/api/agents/echo/runs/background',
    json: { message: 'x' },
    headers,
  });

  const second = await call({
    path: '/api/agents/%65cho/runs/background',
    json: { message: 'x' },
    headers,
  });

  expect(second.json).toEqual(first.json);
});
it('behind API Gateway, whose proxy parameter ends with a slash or not, the same request is the same', async () => {
  const { call } = await anApi();
  const headers = { ...credential, 'idempotency-key': 'k' };
  const path = '/api/agents/echo/runs/background';
  const first = await call({
    path,
    json: { message: 'x' },
    headers,
    pathParameters: { proxy: path.slice(1) },
  });

  const second = await call({
    path: `${path}/`,
    json: { message: 'x' },
    headers,
    pathParameters: { proxy: `${path.slice(1)}/` },
  });

  expect(second.json).toEqual(first.json);
});
it('the stream of a reader who names a number beyond the last ends with the run', async () => {
  const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
  const api = await anApi({ agents: [workingAgent(() => letGo)], deps: { watch: restlessWatch } });
  const run = await api.submit({ agentId: 'worker', message: 'safe' });
  const { stream } = await api.ask({
    path: `/api/runs/${run.id}/events`,
    headers: { authorization: `Bearer ${devToken}`, 'last-event-id': '999' },
  });
  const all = stream && collect(stream);

  release();
  await api.reach(run, ({ status }) => status === 'COMPLETED');

  const ended = await Promise.race([
    all?.then(() => 'ended'),
    new Promise((r) => setTimeout(r, 500, 'still open')),
  ]);
  expect(ended).toBe('ended');
});
