import { expect, inject, it } from 'vitest';
import { aQueuedRun, aSession, finance, question, slow, workFor } from './agents.ts';
import { us } from './client.ts';
import { eventually } from './eventually.ts';
import { statusOf, untilIs } from './runs.ts';
import { AgentRun, RunResponse } from './wire.ts';
import { RunPage } from './wire-of-longrun.ts';

const { syncLimitSeconds } = inject('target');

const pathFor = (agentId: string) => `/api/agents/${agentId}/runs`;

it('sends its head and white space while a synchronous run works', async () => {
  const response = await us.send('POST', pathFor(slow), { json: { message: workFor(8) } });

  const whileItWorks = await us.call(AgentRun, 'GET', response.headers.get('Location') ?? '');
  const text = await response.text();
  expect(whileItWorks.body.status).toBe('RUNNING');
  expect(text).toMatch(/^\s+\{/);
  expect(RunResponse.parse(JSON.parse(text)).runId).toBe(whileItWorks.body.id);
});

it('goes on with a synchronous run whose caller has gone', async () => {
  const sessionId = aSession();
  const caller = new AbortController();
  const waiting = us.send('POST', pathFor(slow), {
    json: { message: workFor(5), sessionId },
    signal: caller.signal,
  });
  const started = await eventually('the run has begun', async () => {
    const { body } = await us.call(RunPage, 'GET', `/api/runs?sessionId=${sessionId}`);
    return body.runs.find(({ status }) => status === 'RUNNING');
  });

  caller.abort();

  await expect(waiting).rejects.toThrow();
  await untilIs(us, { id: `run_${started.id}`, agentId: slow }, 'COMPLETED');
});

it('answers with the run at work when the limit is over, and the run goes on', async (context) => {
  if (syncLimitSeconds === undefined) return context.skip('--sync-limit-seconds is not given');
  const message = workFor(Math.ceil(syncLimitSeconds) + 3);

  const { headers, body } = await us.call(RunResponse, 'POST', pathFor(slow), {
    json: { message },
  });

  expect(body).toMatchObject({ status: 'RUNNING', content: '' });
  const run = { id: body.runId, agentId: slow };
  const found = await us.call(AgentRun, 'GET', headers.get('Location') ?? '');
  expect(found.body).toMatchObject({ id: body.runId, sessionId: body.sessionId });
  const completed = await untilIs(us, run, 'COMPLETED');
  expect(completed.output).not.toBe('');
  expect(await statusOf(us, run)).toEqual(completed);
});

it('answers with the run in the queue when the limit is over before its turn', async (context) => {
  if (syncLimitSeconds === undefined) return context.skip('--sync-limit-seconds is not given');
  const { queued } = await aQueuedRun(us);
  const { sessionId } = await statusOf(us, queued);

  const { body } = await us.call(RunResponse, 'POST', pathFor(finance), {
    json: { message: question, sessionId },
  });

  expect(body).toMatchObject({ status: 'QUEUED', content: '', tools: [], sessionId });
});
