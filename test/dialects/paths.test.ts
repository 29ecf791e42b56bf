import { describe, expect, it } from 'vitest';
import { anAgent } from '../builders/an-agent.ts';
import { anApi } from '../builders/an-api.ts';
import { refusal } from './refusal.ts';

const background = '/api/agents/echo/runs/background';
const unknownRun = 'run_00000000-0000-4000-8000-000000000000';

describe('a path', () => {
  it.each(['/nowhere', '/api', '/api/agents/echo/run', '/api/agents/echo/walks', '/api/runs/a/b'])(
    '%s that there is not is not found',
    async (path) => {
      expect(await refusal({ path })).toMatchObject({ status: 404, code: 'route_not_found' });
    },
  );

  it.each([
    ['PUT', '/api/agents', 'GET'],
    ['GET', background, 'POST, DELETE'],
    ['DELETE', '/api/runs/x', 'GET'],
    ['POST', `/api/agents/echo/runs/${unknownRun}`, 'DELETE'],
    ['HEAD', '/health', 'GET'],
    ['OPTIONS', '/api/agents/echo/runs/', 'POST'],
  ])(
    'that does not know the method %s %s says that it takes %s',
    async (httpMethod, path, allow) => {
      const { status, headers, detail } = await refusal({ httpMethod, path });

      expect(status).toBe(405);
      expect(headers['allow']).toBe(allow);
      expect(detail).toContain(httpMethod);
    },
  );

  it.each(['/api/agents/', '/api/runs/', '/health/'])('%s may end with a slash', async (path) => {
    const { call } = await anApi();

    expect((await call({ path })).status).toBe(200);
  });

  it('may end with a slash after a parameter', async () => {
    const { call } = await anApi();

    const { status } = await call({ path: `${background}/`, json: { message: 'x' } });

    expect(status).toBe(200);
  });

  it('may be encoded where that is not needed', async () => {
    const { call } = await anApi({ agents: [anAgent({ id: 'my-agent_1' })] });
    const path = '/api/agents/my%2Dagent%5F1/runs/background';

    expect((await call({ path, json: { message: 'x' } })).status).toBe(200);
  });

  it.each([
    ['an agent that no agent can be', '/api/agents/a%2Fb/runs', 400],
    ['a run that no run can be', '/api/runs/%00', 404],
    ['a run with a slash', '/api/runs/a%2Fb', 404],
    ['a run of another partition', '/api/runs/x%23META', 404],
    ['broken encoding', '/api/runs/%E0%A4%A', 404],
    ['a very long name', `/api/runs/${'x'.repeat(8000)}`, 404],
  ])('with %s is refused', async (_, path, status) => {
    const method = status === 400 ? { json: { message: 'x' } } : {};

    expect(await refusal({ path, ...method })).toMatchObject({ status });
  });

  it('finds a run by both forms of its id, in any case', async () => {
    const { call, submit } = await anApi();
    const { id } = await submit();

    for (const form of [id, `run_${id}`, id.toUpperCase(), `RUN_${id.toUpperCase()}`])
      expect(await call({ path: `/api/runs/${form}` })).toMatchObject({ json: { id } });
  });
});

describe('a query', () => {
  it.each([
    ['limit', '0'],
    ['limit', '101'],
    ['limit', 'many'],
    ['limit', ''],
    ['status', 'DONE'],
    ['status', 'RUNNING,'],
    ['sessionId', 'x'],
    ['agentId', 'a/b'],
    ['cursor', 'x'],
  ])('with %s=%s is refused by that name', async (name, value) => {
    const { status, fields } = await refusal({
      path: '/api/runs',
      queryStringParameters: { [name]: value },
    });

    expect(status).toBe(400);
    expect(fields[0]).toMatch(new RegExp(`^${name}(\\[\\d\\])?$`));
  });

  it('may name several statuses', async () => {
    const { call } = await anApi();
    const queryStringParameters = { status: 'RUNNING,COMPLETED', limit: '5' };

    expect((await call({ path: '/api/runs', queryStringParameters })).status).toBe(200);
  });
});
