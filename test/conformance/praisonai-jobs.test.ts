import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aPausedRun, ops, priceAsked, question, sendEmail, slow, workFor } from './agents.ts';
import { nobody, them, us } from './client.ts';
import { eventually } from './eventually.ts';
import { jobOf, jobPath, jobRefused, jobs, submitJob, submittedJob, untilJobIs } from './jobs.ts';
import { decide, statusOf } from './runs.ts';
import { Job, JobPage, JobResult } from './wire-of-praisonai.ts';

const asking = { prompt: question, agent_file: 'finance_agent.yaml' };
const working = (seconds: number) => ({ prompt: workFor(seconds), agent_file: slow });
const aLabel = () => `project-${randomUUID()}`;
const aKey = () => ({ 'Idempotency-Key': randomUUID() });

const resultOf = async (id: string) =>
  (await us.call(JobResult, 'GET', `${jobPath(id)}/result`)).body;

const page = async (query: Record<string, string>) =>
  (await us.call(JobPage, 'GET', `${jobs}?${new URLSearchParams(query)}`)).body;

describe('a job', () => {
  it('is accepted with where to poll and how soon, and comes to its result', async () => {
    const { headers, body } = await submittedJob(us, { ...asking, session_id: 'project-alpha' });

    const job = await untilJobIs(us, body.job_id, 'succeeded');

    expect(headers.get('Location')).toBe(body.poll_url);
    expect(headers.get('Retry-After')).toBe('2');
    expect(body.stream_url).toBe(`${body.poll_url}/stream`);
    expect(job).toMatchObject({ created_at: body.created_at, session_id: 'project-alpha' });
    expect(await resultOf(body.job_id)).toMatchObject({
      status: 'succeeded',
      result: expect.stringContaining(priceAsked),
      error: null,
    });
  });

  it('of nobody’s agent is done by the default one', async () => {
    const id = await submitJob(us, { prompt: 'Analyze the quarterly sales data' });

    await untilJobIs(us, id, 'succeeded');
  });

  it('that takes longer than it may has failed', async () => {
    const id = await submitJob(us, { ...working(60), timeout: 1 });

    const job = await untilJobIs(us, id, 'failed');

    expect(job.error).toMatch(/took longer/);
    expect(await resultOf(id)).toMatchObject({ status: 'failed', result: null, error: job.error });
  });

  it('that waits for a person is running, says so, and goes on after the decision', async () => {
    const id = await submitJob(us, { prompt: sendEmail, agent_file: ops });
    const waiting = await eventually('it waits', async () => {
      const job = await jobOf(us, id);
      return job.progress.current_step === 'awaiting_approval' ? job : undefined;
    });

    await decide(us, { id, agentId: ops }, 'REJECT');

    expect(waiting).toMatchObject({ status: 'running', completed_at: null });
    await untilJobIs(us, id, 'succeeded');
  });

  it('can be any run, whoever submitted it', async () => {
    const run = await aPausedRun(us);

    expect(await jobOf(us, run.id)).toMatchObject({ job_id: run.id, status: 'running' });
  });

  it('has no result before it has ended', async () => {
    const id = await submitJob(us, working(60));

    const { body } = await jobRefused(us, 409, 'GET', `${jobPath(id)}/result`);

    expect(body.detail).toMatch(/^Job is not complete\. Current status: (queued|running)$/);
  });

  it('is nobody else’s', async () => {
    const id = await submitJob(us, asking);

    for (const [method, path] of [
      ['GET', jobPath(id)],
      ['GET', `${jobPath(id)}/result`],
      ['GET', `${jobPath(id)}/stream`],
      ['POST', `${jobPath(id)}/cancel`],
      ['DELETE', jobPath(id)],
    ] as const) {
      const { body } = await jobRefused(them, 404, method, path);
      await jobRefused(nobody, 401, method, path);
      expect(body).toEqual({ detail: `Job not found: ${id}` });
    }
  });
});

describe('an idempotency key of a job', () => {
  it('makes one job of 50 requests at the same time, and equal answers', async () => {
    const headers = aKey();

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => submittedJob(us, asking, headers)),
    );

    const replayed = answers.filter(
      (answer) => answer.headers.get('Idempotency-Replayed') === 'true',
    );
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(replayed).toHaveLength(49);
  });

  it('in the body makes one job too', async () => {
    const request = { ...asking, idempotency_key: randomUUID() };
    const first = await submitJob(us, request);

    expect(await submitJob(us, request)).toBe(first);
  });

  it('is refused with 409 for another request', async () => {
    const headers = aKey();
    await submittedJob(us, asking, headers);

    await jobRefused(us, 409, 'POST', jobs, {
      json: { ...asking, prompt: 'And of MSFT?' },
      headers,
    });
  });

  it('is another one for another tenant', async () => {
    const headers = aKey();

    const ours = await submittedJob(us, asking, headers);
    const theirs = await submittedJob(them, asking, headers);

    expect(theirs.body.job_id).not.toBe(ours.body.job_id);
  });
});

describe('what is refused', () => {
  it.each([
    [400, 'a missing prompt', '{}'],
    [400, 'an empty prompt', '{"prompt":""}'],
    [400, 'what is no JSON', '{"prompt":'],
    [422, 'a timeout below 1 s', '{"prompt":"x","timeout":-5}'],
    [422, 'a timeout beyond a day', '{"prompt":"x","timeout":1000000000}'],
    [422, 'an agent that is not declared', '{"prompt":"x","agent_file":"nobody.yaml"}'],
    [422, 'an agent of the caller', '{"prompt":"x","agent_yaml":"roles: {}"}'],
    [422, 'another framework', '{"prompt":"x","framework":"crewai"}'],
  ])('with %s: %s', async (status, _, body) => {
    await jobRefused(us, status, 'POST', jobs, { body });
  });

  it.each([
    [400, 'status=paused'],
    [422, 'page=0'],
    [422, 'page_size=101'],
  ])('with %s: the query %s', async (status, query) => {
    await jobRefused(us, status, 'GET', `${jobs}?${query}`);
  });
});

it('lists the jobs of a session page by page, newest first, and counts them', async () => {
  const session_id = aLabel();
  const ids: string[] = [];
  for (let i = 0; i < 3; i += 1) ids.unshift(await submitJob(us, { ...asking, session_id }));
  for (const id of ids) await untilJobIs(us, id, 'succeeded');

  const first = await eventually('all are counted', async () => {
    const listed = await page({ session_id, page_size: '2', status: 'succeeded' });
    return listed.total === 3 && listed.jobs.length === 2 ? listed : undefined;
  });
  const second = await page({ session_id, page: '2', page_size: '2' });

  const idsOf = ({ jobs: listed }: typeof first) => listed.map(({ job_id }) => job_id);
  expect([...idsOf(first), ...idsOf(second)]).toEqual(ids);
  expect((await page({ session_id, status: 'cancelled' })).jobs).toEqual([]);
});

describe('cancelling a job', () => {
  it('shows it cancelled, keeps its result to be read, and can be done once', async () => {
    const id = await submitJob(us, working(60));
    await untilJobIs(us, id, 'running');

    const { body } = await us.call(Job, 'POST', `${jobPath(id)}/cancel`);

    expect(body.status).toBe('cancelled');
    expect(await resultOf(id)).toMatchObject({ status: 'cancelled', result: null });
    const again = await jobRefused(us, 409, 'POST', `${jobPath(id)}/cancel`);
    expect(again.body.detail).toBe('Job is already complete. Current status: cancelled');
  });
});

describe('deleting a job', () => {
  it('makes it absent everywhere, once it has ended', async () => {
    const session_id = aLabel();
    const id = await submitJob(us, { ...asking, session_id });
    await untilJobIs(us, id, 'succeeded');

    const response = await eventually('it can be deleted', async () => {
      const answer = await us.send('DELETE', jobPath(id));
      return answer.status === 409 ? undefined : answer;
    });

    expect([response.status, await response.text()]).toEqual([204, '']);
    await jobRefused(us, 404, 'GET', jobPath(id));
    await us.refused(404, 'GET', `/api/runs/${id}`);
    await eventually('it is no longer counted', async () => {
      const { jobs: listed, total } = await page({ session_id });
      return (listed.length === 0 && total === 0) || undefined;
    });
  });

  it('is refused with 409 while it lives', async () => {
    const id = await submitJob(us, working(60));

    await jobRefused(us, 409, 'DELETE', jobPath(id));

    expect(await statusOf(us, { id, agentId: slow })).toMatchObject({ completedAt: null });
  });
});
