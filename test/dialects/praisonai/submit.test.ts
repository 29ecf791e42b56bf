import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { getRequest } from '#core/run/run-input.ts';
import { getRun } from '#core/run/run-repository.ts';
import { anAgent, echoAgent } from '../../builders/an-agent.ts';
import { devToken } from '../../builders/an-api.ts';
import { aJobsApi } from './a-job.ts';

const bare = (id: string) => ({ orgId: 'acme', runId: id.replace('run_', '') });

describe('a submitted job', () => {
  it('is answered with 202, where to poll, where to follow, and how soon', async () => {
    const { post } = await aJobsApi();

    const { status, headers, json } = await post({ prompt: 'hello' });

    const { job_id: id } = z.object({ job_id: z.string() }).parse(json);
    expect(status).toBe(202);
    expect(id).toMatch(/^run_[0-9a-f-]{36}$/);
    expect(json).toEqual({
      job_id: id,
      status: 'queued',
      created_at: '2026-01-01T00:00:00.000000Z',
      poll_url: `https://example.com/api/v1/runs/${id}`,
      stream_url: `https://example.com/api/v1/runs/${id}/stream`,
    });
    expect(headers).toMatchObject({
      location: `https://example.com/api/v1/runs/${id}`,
      'retry-after': '2',
    });
  });

  it('links to the host that the request names', async () => {
    const { post } = await aJobsApi({ publicBaseUrl: undefined });
    const headers = {
      authorization: `Bearer ${devToken}`,
      host: '127.0.0.1:8005',
      'x-forwarded-proto': 'http',
    };

    const { json } = await post({ prompt: 'hello' }, { headers });

    expect(json).toMatchObject({
      poll_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:8005\/api\/v1\/runs\/run_/),
    });
  });

  it('keeps what it was asked with', async () => {
    const { submit, deps } = await aJobsApi();

    const id = await submit({
      prompt: 'hello',
      session_id: 'project-alpha',
      timeout: 60,
      webhook_url: 'https://example.org/callback',
      config: { tone: 'kind' },
      recipe_config: { depth: 2 },
      framework: 'praisonai',
      idempotency_scope: 'session',
      unheard_of: true,
    });

    expect(await getRun(deps, bare(id))).toMatchObject({
      groupId: 'project-alpha',
      timeoutSeconds: 60,
      webhook: {
        url: 'https://example.org/callback',
        dialect: 'praisonai',
        events: ['run.completed', 'run.failed', 'run.cancelled', 'run.timed_out'],
      },
    });
    expect(await getRequest(deps, bare(id))).toMatchObject({
      message: 'hello',
      context: { tone: 'kind', depth: 2 },
    });
  });

  it('takes null for whatever may be left out', async () => {
    const { post } = await aJobsApi();
    const nothing = {
      agent_file: null,
      agent_yaml: null,
      recipe_name: null,
      recipe_config: null,
      framework: null,
      config: null,
      webhook_url: null,
      timeout: null,
      session_id: null,
      idempotency_key: null,
    };

    const { status } = await post({ prompt: 'hello', ...nothing });

    expect(status).toBe(202);
  });

  it('may take an hour where it does not say', async () => {
    const { submit, deps } = await aJobsApi();

    const id = await submit({ prompt: 'hello' });

    expect(await getRun(deps, bare(id))).toMatchObject({ timeoutSeconds: 3600 });
  });
});

describe('a prompt', () => {
  it.each([
    ['missing', {}],
    ['empty', { prompt: '' }],
    ['blank', { prompt: ' \n' }],
    ['no text', { prompt: 5 }],
  ])('that is %s is refused with 400', async (_, json) => {
    const { post } = await aJobsApi();

    const answer = await post(json);

    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ detail: expect.stringMatching(/^prompt: /) });
  });
});

describe('a body', () => {
  it('that is no JSON is refused with 400, not 422', async () => {
    const { call } = await aJobsApi();

    const { status, json, headers } = await call({
      httpMethod: 'POST',
      path: '/api/v1/runs',
      body: '{"prompt":',
    });

    expect({ status, json }).toEqual({
      status: 400,
      json: { detail: 'The body is not valid JSON.' },
    });
    expect(headers['content-type']).toBe('application/json');
  });

  it.each([
    ['a timeout of -5 seconds', { timeout: -5 }, 'timeout', -5],
    ['a timeout of 0 seconds', { timeout: 0 }, 'timeout', 0],
    ['a timeout of a billion seconds', { timeout: 1e9 }, 'timeout', 1e9],
    ['a timeout of half a second', { timeout: 0.5 }, 'timeout', 0.5],
    ['a timeout in words', { timeout: 'soon' }, 'timeout', 'soon'],
    ['another framework', { framework: 'crewai' }, 'framework', 'crewai'],
    ['an agent of the caller', { agent_yaml: 'roles: {}' }, 'agent_yaml', 'roles: {}'],
    ['a webhook that is no URL', { webhook_url: 'me' }, 'webhook_url', 'me'],
    ['a webhook of another kind', { webhook_url: 'ftp://a.b/' }, 'webhook_url', 'ftp://a.b/'],
    ['a session that is no text', { session_id: 7 }, 'session_id', 7],
    ['a session of 201 characters', { session_id: 'x'.repeat(201) }, 'session_id', 'x'.repeat(201)],
    ['settings that are none', { config: [] }, 'config', []],
  ])('with %s is refused with 422 that says where and why', async (_, more, field, input) => {
    const { post } = await aJobsApi();

    const { status, json } = await post({ prompt: 'hello', ...more });

    expect(status).toBe(422);
    expect(json).toEqual({
      detail: [{ type: 'value_error', loc: ['body', field], msg: expect.any(String), input }],
    });
  });

  it('with another framework is told which one there is', async () => {
    const { post } = await aJobsApi();

    const { json } = await post({ prompt: 'hello', framework: 'crewai' });

    expect(json).toMatchObject({ detail: [{ msg: 'only praisonai is served' }] });
  });

  it.each(['https://127.0.0.1/', 'https://[::1]/', 'https://10.0.0.1/', 'https://localhost/x'])(
    'with a webhook that leads to no public address is refused with 422: %s',
    async (webhook_url) => {
      const { post } = await aJobsApi();

      const { status, json } = await post({ prompt: 'hello', webhook_url });

      expect({ status, json }).toEqual({
        status: 422,
        json: { detail: expect.stringContaining('not a public address') },
      });
    },
  );

  it('may ask for a second, or for a day', async () => {
    const { post } = await aJobsApi();

    expect((await post({ prompt: 'hello', timeout: 1 })).status).toBe(202);
    expect((await post({ prompt: 'hello', timeout: 86_400 })).status).toBe(202);
  });

  it('that is a list is refused with 422', async () => {
    const { post } = await aJobsApi();

    const { status, json } = await post([1]);

    expect(status).toBe(422);
    expect(json).toMatchObject({ detail: [{ loc: ['body'] }] });
  });
});

it('asks a caller without a token for one', async () => {
  const { post } = await aJobsApi();

  const { status, json } = await post({ prompt: 'hello' }, { headers: {} });

  expect({ status, json }).toEqual({ status: 401, json: { detail: expect.any(String) } });
});

describe('the agent of a job', () => {
  const agents = ['first_one', 'data-analyst', 'agents'].map((id) => anAgent({ id }));
  const agentOf = async (request: object, options: Parameters<typeof aJobsApi>[0] = {}) => {
    const { submit, get } = await aJobsApi({ agents, ...options });
    const { json } = await get(await submit({ prompt: 'hello', ...request }));
    return z.object({ agent_id: z.string() }).parse(json).agent_id;
  };

  it.each([
    ['data-analyst.yaml', 'data-analyst'],
    ['data_analyst.yml', 'data-analyst'],
    ['Data Analyst.YAML', 'data-analyst'],
    ['/home/ann/teams/first_one.yaml', 'first_one'],
    ['C:\\teams\\first-one.yaml', 'first_one'],
    ['first_one', 'first_one'],
    ['agents.yaml', 'agents'],
    ['', 'agents'],
  ])('is named by the file %s: %s', async (file, agent) => {
    expect(await agentOf({ agent_file: file })).toBe(agent);
  });

  it('is named by a recipe rather than by a file', async () => {
    expect(await agentOf({ recipe_name: 'first-one', agent_file: 'agents.yaml' })).toBe(
      'first_one',
    );
  });

  it('is the one in agents.yaml where none is named', async () => {
    expect(await agentOf({})).toBe('agents');
  });

  it('is else the default agent of the service', async () => {
    const others = agents.slice(0, 2);

    expect(await agentOf({}, { agents: others, deps: { defaultAgent: 'data-analyst' } })).toBe(
      'data-analyst',
    );
    expect(await agentOf({ agent_file: 'agents.yaml' }, { agents: others })).toBe('first_one');
  });

  it.each([
    ['agent_file', 'nobody.yaml'],
    ['recipe_name', 'nobody'],
    ['recipe_name', 'agents.yml.bak'],
  ])(
    'that %s %s does not name is refused with 422 that names those there are',
    async (field, file) => {
      const { post } = await aJobsApi({ agents });

      const { status, json } = await post({ prompt: 'hello', [field]: file });

      expect(status).toBe(422);
      expect(json).toMatchObject({
        detail: [
          {
            loc: ['body', field],
            msg: expect.stringContaining('first_one, data-analyst, agents'),
            input: file,
          },
        ],
      });
    },
  );

  it.each([
    ['there is none', { agents: [] }],
    ['the default one is not there', { deps: { defaultAgent: 'nobody' }, agents: [echoAgent()] }],
  ])('is missed with 422 where %s', async (_, options) => {
    const { post } = await aJobsApi(options);

    const { status, json } = await post({ prompt: 'hello' });

    expect(status).toBe(422);
    expect(json).toMatchObject({ detail: [{ loc: ['body', 'agent_file'] }] });
  });
});

describe('an idempotency key in the body', () => {
  const key = { prompt: 'hello', idempotency_key: 'k1' };

  it('gets the same job, and says so', async () => {
    const { post } = await aJobsApi();
    const first = await post(key);

    const second = await post(key);

    expect(second.json).toEqual(first.json);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    expect(second.headers['idempotency-replayed']).toBe('true');
  });

  it('is refused with 409 for another request: nobody gets the job of another body', async () => {
    const { post } = await aJobsApi();
    await post(key);

    const { status, json } = await post({ ...key, prompt: 'something else' });

    expect({ status, json }).toEqual({
      status: 409,
      json: { detail: 'Idempotency-Key k1 was used for another request.' },
    });
  });

  it('gives way to one in the header', async () => {
    const { post } = await aJobsApi();
    const withHeader = (value: string) => ({
      headers: { authorization: `Bearer ${devToken}`, 'idempotency-key': value },
    });
    const first = await post(key, withHeader('h1'));

    const same = await post(key, withHeader('h1'));
    const other = await post(key, withHeader('h2'));

    expect(same.json).toEqual(first.json);
    expect(other.json).not.toEqual(first.json);
  });

  it('that cannot be one is refused with 422', async () => {
    const { post } = await aJobsApi();

    const { status, json } = await post({ prompt: 'hello', idempotency_key: 'a\tb' });

    expect(status).toBe(422);
    expect(json).toMatchObject({ detail: [{ loc: ['header', 'Idempotency-Key'], input: 'a\tb' }] });
  });
});
