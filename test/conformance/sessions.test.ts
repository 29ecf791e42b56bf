import { expect, it } from 'vitest';
import { aSession, finance, ops, question, sendEmail } from './agents.ts';
import { them, us } from './client.ts';
import { decide, run, statusOf, submit, untilIs } from './runs.ts';

const followUp = 'And of MSFT?';
const priceOfFollowUp = '30.34';

it('remembers in a session what was said before', async () => {
  const { sessionId } = await run(us, finance, { message: question });

  const response = await run(us, finance, { message: followUp, sessionId });

  expect(response.sessionId).toBe(sessionId);
  expect(response.content).toContain(priceOfFollowUp);
  expect(response.tools).toMatchObject([{ name: 'highest_price', arguments: { symbol: 'MSFT' } }]);
});

it('remembers in a synchronous run what a background run said, and the other way round', async () => {
  const sessionId = aSession();
  await submit(us, finance, { message: question, sessionId });

  const second = await run(us, finance, { message: followUp, sessionId });
  const third = await submit(us, finance, { message: 'And of AMZN?', sessionId });

  expect(second.content).toContain(priceOfFollowUp);
  expect((await untilIs(us, third, 'COMPLETED')).output).toContain('AMZN');
});

it('remembers nothing of another session', async () => {
  await run(us, finance, { message: question });

  const response = await run(us, finance, { message: followUp });

  expect(response.content).not.toContain(priceOfFollowUp);
});

it('starts the session that a run names, where there is none', async () => {
  const sessionId = aSession();

  const first = await run(us, finance, { message: question, sessionId });
  const second = await run(us, finance, { message: followUp, sessionId });

  expect([first.sessionId, second.sessionId]).toEqual([sessionId, sessionId]);
  expect(second.content).toContain(priceOfFollowUp);
});

it('takes the id of a session in capitals for the same session', async () => {
  const { sessionId } = await run(us, finance, { message: question });

  const response = await run(us, finance, {
    message: followUp,
    sessionId: sessionId.toUpperCase(),
  });

  expect(response.sessionId).toBe(sessionId);
  expect(response.content).toContain(priceOfFollowUp);
});

it('keeps two tenants apart that use the same session id', async () => {
  const sessionId = aSession();
  const fresh = await run(them, finance, { message: followUp });
  await run(us, finance, { message: question, sessionId });

  const theirs = await run(them, finance, { message: followUp, sessionId });
  const ours = await run(us, finance, { message: followUp, sessionId });

  expect(theirs.sessionId).toBe(sessionId);
  expect(theirs.content).toBe(fresh.content);
  expect(ours.content).toContain(priceOfFollowUp);
});

it('runs what is submitted to one session in order, one at a time', async () => {
  const sessionId = aSession();
  const runs = [];
  for (let i = 0; i < 5; i += 1)
    runs.push(await submit(us, finance, { message: question, sessionId }));

  const ended = await Promise.all(runs.map((one) => untilIs(us, one, 'COMPLETED')));

  const times = ended.flatMap(({ startedAt, completedAt }) => [startedAt, completedAt]);
  expect(times.map((at) => Date.parse(at))).toEqual(
    times.map((at) => Date.parse(at)).toSorted((a, b) => a - b),
  );
});

it('lets a synchronous run wait for its turn in the session', async () => {
  const sessionId = aSession();
  const first = await submit(us, finance, { message: question, sessionId });

  const second = await run(us, finance, { message: followUp, sessionId });

  const before = await statusOf(us, first);
  const after = await statusOf(us, { id: second.runId, agentId: finance });
  expect(before.status).toBe('COMPLETED');
  expect(Date.parse(`${after.startedAt}`)).toBeGreaterThanOrEqual(
    Date.parse(`${before.completedAt}`),
  );
});

it('lets a session wait while one of its runs waits for a decision', async () => {
  const paused = await run(us, ops, { message: sendEmail });
  const next = await submit(us, ops, {
    message: 'List the tables.',
    sessionId: paused.sessionId,
  });
  expect(await statusOf(us, next)).toMatchObject({ status: 'QUEUED' });

  await decide(us, { id: paused.runId, agentId: ops }, 'REJECT');

  await untilIs(us, next, 'COMPLETED');
});

it('runs different sessions at the same time', async () => {
  const paused = await run(us, ops, { message: sendEmail });

  const response = await run(us, ops, { message: 'List the tables.' });

  expect(response.status).toBe('COMPLETED');
  expect(await statusOf(us, { id: paused.runId, agentId: ops })).toMatchObject({
    status: 'PAUSED',
  });
});
