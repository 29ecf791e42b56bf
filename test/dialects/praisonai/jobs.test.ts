import { describe, expect, it } from 'vitest';
import { praisonaiWebhook } from '#api/dialects/praisonai/webhook.ts';
import { getRun } from '#core/run/run-repository.ts';
import { anAgent } from '../../builders/an-agent.ts';
import { aJobsApi } from './a-job.ts';

const failing = anAgent({
  id: 'failing',
  script: () => {
    throw new Error('first line\nsecond line');
  },
});

describe('a job', () => {
  it('that succeeded shows all that there is to know of it', async () => {
    const { submit, reached, get } = await aJobsApi();
    const id = await submit({ prompt: 'hello', session_id: 's1' });

    const job = await reached(id, 'succeeded');

    const at = '2026-01-01T00:00:00.000000Z';
    expect(job).toEqual({
      job_id: id,
      status: 'succeeded',
      progress: { percentage: 100, current_step: null, steps_completed: 1, steps_total: 1 },
      created_at: at,
      started_at: at,
      completed_at: at,
      agent_id: 'echo',
      run_id: id.replace('run_', ''),
      session_id: 's1',
      error: null,
      retry_after: null,
    });
    expect((await get(`${id}/result`)).json).toEqual({
      job_id: id,
      status: 'succeeded',
      result: 'echo hello',
      result_url: null,
      metrics: {
        model: expect.any(String),
        input_tokens: expect.any(Number),
        output_tokens: expect.any(Number),
        total_tokens: expect.any(Number),
        steps: 1,
      },
      created_at: at,
      started_at: at,
      completed_at: at,
      duration_seconds: 0,
      error: null,
    });
  });

  it('that waits for a person is running, and says what for', async () => {
    const { submit, get, deps, reach } = await aJobsApi();
    const id = await submit({ prompt: 'guarded', agent_file: 'worker.yaml' });
    const run = await getRun(deps, { orgId: 'acme', runId: id.replace('run_', '') });
    await reach(run, ({ status }) => status === 'PAUSED');

    const { json } = await get(id);
    const result = await get(`${id}/result`);

    expect(json).toMatchObject({
      status: 'running',
      progress: { current_step: 'awaiting_approval', steps_total: null },
      completed_at: null,
      retry_after: 5,
    });
    expect(result).toMatchObject({
      status: 409,
      json: { detail: 'Job is not complete. Current status: running' },
    });
  });

  it('that waits for its turn is to be asked again in 2 s', async () => {
    const { submit, get } = await aJobsApi({ deps: { queue: { send: async () => undefined } } });
    const id = await submit({ prompt: 'hello' });

    const { json } = await get(id);

    expect(json).toMatchObject({ status: 'queued', started_at: null, retry_after: 2 });
  });

  it('that failed says why, and its result says it too', async () => {
    const { submit, reached, get } = await aJobsApi({ agents: [failing] });
    const id = await submit({ prompt: 'hello' });

    const job = await reached(id, 'failed');

    expect(job).toMatchObject({ error: expect.stringContaining('first line'), retry_after: null });
    expect(await get(`${id}/result`)).toMatchObject({
      status: 200,
      json: { status: 'failed', result: null, error: job['error'] },
    });
  });

  it('is found by its bare id too', async () => {
    const { submit, get } = await aJobsApi();
    const id = await submit({ prompt: 'hello' });

    const { json } = await get(id.replace('run_', '').toUpperCase());

    expect(json).toMatchObject({ job_id: id });
  });

  it.each(['run_abc123', 'run_00000000-0000-7000-8000-000000000000'])(
    'that does not exist is named in 404: %s',
    async (id) => {
      const { get, cancel, remove } = await aJobsApi();

      const answers = [
        await get(id),
        await get(`${id}/result`),
        await get(`${id}/stream`),
        await cancel(id),
        await remove(id),
      ];

      for (const { status, json } of answers)
        expect({ status, json }).toEqual({
          status: 404,
          json: { detail: `Job not found: ${id}` },
        });
    },
  );
});

describe('a webhook', () => {
  it('is told how the job ended', async () => {
    const { submit, reached, deps } = await aJobsApi();
    const id = await submit({ prompt: 'hello' });
    await reached(id, 'succeeded');
    const run = await getRun(deps, { orgId: 'acme', runId: id.replace('run_', '') });

    expect(await praisonaiWebhook(deps, run)).toEqual({
      job_id: id,
      status: 'succeeded',
      result: 'echo hello',
      error: null,
      completed_at: '2026-01-01T00:00:00.000000Z',
      duration_seconds: 0,
    });
  });
});

describe('cancelling', () => {
  it('shows the job as cancelled, once', async () => {
    const { submit, cancel, get } = await aJobsApi({
      deps: { queue: { send: async () => undefined } },
    });
    const id = await submit({ prompt: 'hello' });

    const first = await cancel(id);
    const second = await cancel(id);

    expect(first).toMatchObject({ status: 200, json: { job_id: id, status: 'cancelled' } });
    expect(second).toMatchObject({
      status: 409,
      json: { detail: 'Job is already complete. Current status: cancelled' },
    });
    expect(await get(`${id}/result`)).toMatchObject({
      status: 200,
      json: { status: 'cancelled', result: null, duration_seconds: null },
    });
  });
});

describe('deleting', () => {
  it('makes an ended job absent, in its list and in its total', async () => {
    const { submit, reached, remove, get, list } = await aJobsApi();
    const id = await submit({ prompt: 'hello', session_id: 's1' });
    await submit({ prompt: 'hello', session_id: 's1' });
    await reached(id, 'succeeded');

    const { status, text } = await remove(id);

    expect({ status, text }).toEqual({ status: 204, text: '' });
    expect((await get(id)).status).toBe(404);
    expect((await list({ session_id: 's1' })).json).toMatchObject({ total: 1 });
    expect((await remove(id)).status).toBe(404);
  });

  it('is refused with 409 while the job lives', async () => {
    const { submit, remove, get } = await aJobsApi({
      deps: { queue: { send: async () => undefined } },
    });
    const id = await submit({ prompt: 'hello' });

    const { status, json } = await remove(id);

    expect({ status, json }).toEqual({
      status: 409,
      json: { detail: 'Job is not complete. Current status: queued' },
    });
    expect((await get(id)).status).toBe(200);
  });
});

describe('the list of jobs', () => {
  it('has the newest first, page by page, and how many there are', async () => {
    const { submit, list } = await aJobsApi();
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1)
      ids.unshift(await submit({ prompt: 'hello', session_id: i === 0 ? 'other' : 's1' }));

    const page = async (query: Record<string, string>) => (await list(query)).json;

    expect(await page({})).toMatchObject({
      jobs: ids.map((job_id) => ({ job_id })),
      total: 5,
      page: 1,
      page_size: 20,
    });
    expect(await page({ session_id: 's1', page: '2', page_size: '3' })).toMatchObject({
      jobs: [{ job_id: ids[3], session_id: 's1' }],
      total: 4,
      page: 2,
      page_size: 3,
    });
    expect(await page({ page: '99' })).toMatchObject({ jobs: [], total: 5 });
  });

  it('counts a paused run among the running ones', async () => {
    const { submit, list, deps, reach, reached } = await aJobsApi();
    const done = await submit({ prompt: 'hello' });
    const id = await submit({ prompt: 'guarded', agent_file: 'worker.yaml' });
    const run = await getRun(deps, { orgId: 'acme', runId: id.replace('run_', '') });
    await reach(run, ({ status }) => status === 'PAUSED');
    await reached(done, 'succeeded');

    expect((await list({ status: 'running' })).json).toMatchObject({
      jobs: [{ job_id: id }],
      total: 1,
    });
    expect((await list({ status: 'succeeded' })).json).toMatchObject({
      jobs: [{ job_id: done }],
      total: 1,
    });
  });

  it('refuses a status that there is not with 400', async () => {
    const { list } = await aJobsApi();

    const { status, json } = await list({ status: 'paused' });

    expect({ status, json }).toEqual({
      status: 400,
      json: { detail: expect.stringMatching(/^status: /) },
    });
  });

  it.each([
    ['page', '0'],
    ['page', '-1'],
    ['page', 'two'],
    ['page_size', '0'],
    ['page_size', '101'],
  ])('refuses %s=%s with 422', async (name, value) => {
    const { list } = await aJobsApi();

    const { status, json } = await list({ [name]: value });

    expect(status).toBe(422);
    expect(json).toMatchObject({ detail: [{ type: 'value_error', loc: ['query', name] }] });
  });
});
