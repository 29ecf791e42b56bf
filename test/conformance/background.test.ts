import { expect, it } from 'vitest';
import {
  aCompletedRun,
  aQueuedRun,
  aSession,
  finance,
  priceAsked,
  question,
  slow,
  workFor,
} from './agents.ts';
import { us } from './client.ts';
import { eventually } from './eventually.ts';
import { detailOf, statusOf, submit, submitted, untilIs } from './runs.ts';
import { AgentRun } from './wire.ts';
import { RunDetail } from './wire-of-longrun.ts';

it('acknowledges a background run as QUEUED, under an id of its own', async () => {
  const first = await submitted(us, finance, { message: question });
  const second = await submitted(us, finance, { message: question });

  expect(first.body.id).not.toBe(second.body.id);
});

it('shows a run that waits as QUEUED, neither begun nor ended', async () => {
  const { queued } = await aQueuedRun(us);

  expect(await statusOf(us, queued)).toMatchObject({
    id: queued.id,
    agentId: finance,
    status: 'QUEUED',
    startedAt: null,
    completedAt: null,
  });
});

it('takes a run from QUEUED over RUNNING to COMPLETED and never back', async () => {
  const order = ['QUEUED', 'RUNNING', 'COMPLETED'];
  const run = await submit(us, slow, { message: workFor(2) });
  const seen: string[] = [];

  await eventually('the run is over', async () => {
    const { status } = await statusOf(us, run);
    seen.push(status);
    return status === 'COMPLETED' || undefined;
  });

  const places = seen.map((status) => order.indexOf(status));
  expect(seen).toContain('RUNNING');
  expect(places).not.toContain(-1);
  expect(places).toEqual(places.toSorted());
});

it('shows the answer as output of a completed run', async () => {
  const run = await aCompletedRun(us);

  expect(run.output).toContain(priceAsked);
});

it('appends follow-up questions to the output where they were asked for', async () => {
  const run = await submit(us, finance, { message: question, generateFollowups: true });

  const { output } = await untilIs(us, run, 'COMPLETED');

  expect(output).toMatch(/\n\n\*\*Suggested follow-ups:\*\*(\n- \S.*)+$/);
});

it('keeps follow-up questions apart from the answer under /api/runs', async () => {
  const run = await submit(us, finance, { message: question, generateFollowups: true });
  const { output } = await untilIs(us, run, 'COMPLETED');

  const detail = await detailOf(us, run);

  const { content = '', followups = [] } = detail.output ?? {};
  const list = followups.map((one) => `- ${one}`).join('\n');
  expect(followups.length).toBeGreaterThan(0);
  expect(output).toBe(`${content}\n\n**Suggested follow-ups:**\n${list}`);
});

it('starts a new session for every run that names none', async () => {
  const runs = await Promise.all([aCompletedRun(us), aCompletedRun(us)]);

  expect(runs[0].sessionId).not.toBe(runs[1].sessionId);
});

it('runs in the session that is named', async () => {
  const sessionId = aSession();

  const run = await submit(us, finance, { message: question, sessionId });

  expect(await statusOf(us, run)).toMatchObject({ sessionId });
});

it('finds a run by its id with run_ and without', async () => {
  const { id } = await aCompletedRun(us);
  const bare = id.replace(/^run_/, '');

  const found = await Promise.all([
    us.call(AgentRun, 'GET', `/api/agents/${finance}/runs/${id}/status`),
    us.call(AgentRun, 'GET', `/api/agents/${finance}/runs/${bare}/status`),
    us.call(RunDetail, 'GET', `/api/runs/${id}`),
    us.call(RunDetail, 'GET', `/api/runs/${bare}`),
  ]);

  expect(found.map(({ body }) => body.id)).toEqual([id, id, bare, bare]);
});

it('shows the same run under /api/runs, with what was asked and what it used', async () => {
  const message = 'How much was AAPL 🍏 in 2009? Größe, 価格は？';
  const run = await submit(us, finance, { message, userId: 'user_abc123' });
  const { output, ...ended } = await untilIs(us, run, 'COMPLETED');

  const detail = await detailOf(us, run);

  expect(detail).toMatchObject({
    id: run.id.replace(/^run_/, ''),
    agentId: finance,
    userId: 'user_abc123',
    sessionId: ended.sessionId,
    status: 'COMPLETED',
    createdAt: ended.createdAt,
    completedAt: ended.completedAt,
    message,
    output: { content: output, followups: [] },
  });
  expect(detail.usage.inputTokens).toBeGreaterThan(0);
  expect(detail.usage.outputTokens).toBeGreaterThan(0);
});

it('answers an unknown question too', async () => {
  const run = await submit(us, finance, { message: 'Why is the sky blue?' });

  const { output } = await untilIs(us, run, 'COMPLETED');

  expect(output).not.toBe('');
});

it('takes a message of nearly 256 KB', async () => {
  const message = `${question} ${'x'.repeat(250 * 1024)}`;

  const run = await submit(us, finance, { message });

  await untilIs(us, run, 'COMPLETED');
});

it('ignores what it does not know in a request', async () => {
  const json = { message: question, stream: false, options: { topK: 5 } };

  const answer = await us.send('POST', `/api/agents/${finance}/runs/background`, { json });

  expect(answer.status).toBe(200);
});

it('takes null for what may be left out', async () => {
  const absent = {
    sessionId: null,
    userId: null,
    orgId: null,
    generateFollowups: null,
    media: null,
    options: null,
  };

  const answer = await us.send('POST', `/api/agents/${finance}/runs/background`, {
    json: { message: question, ...absent },
  });

  expect(answer.status).toBe(200);
});
