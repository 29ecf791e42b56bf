import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { QueueMessage } from '#adapters/aws/queue-message.ts';
import { aCompletedRun, aSession, finance, question } from '../../conformance/agents.ts';
import { us } from '../../conformance/client.ts';
import { allEvents } from '../../conformance/event-stream.ts';
import { eventually } from '../../conformance/eventually.ts';
import { cancel, type Run, submit, untilIs } from '../../conformance/runs.ts';
import type { RunEvent } from '../../conformance/wire-of-events.ts';
import { aQueueToDispatch } from './a-queue-to-dispatch.ts';
import { invoke, nameOf } from './deployed-functions.ts';
import { aStoredRun, deployedDeps, keyOfRun, seenByClients } from './deployment.ts';

const messageFor = (run: Run) => QueueMessage.encode(keyOfRun(run));

/** Hands messages to the dispatch function as its queue does. */
const deliver = async (...bodies: string[]) =>
  invoke(await nameOf('Dispatch'), {
    Records: bodies.map((body, i) => ({ messageId: `message-${i}`, body })),
  });

const startsOf = (events: readonly RunEvent[]) =>
  events.filter(({ type }) => type === 'run.started').length;

async function someStoredRuns(count: number, sessionId = aSession()) {
  const deps = await deployedDeps();
  const runs: Run[] = [];
  for (let i = 0; i < count; i += 1)
    runs.push(seenByClients(await aStoredRun(deps, finance, question, sessionId)));
  return { runs, queue: deps.queue };
}

it('executes a run once whose message comes several times', async () => {
  const { runs, queue } = await someStoredRuns(1);
  const messages = runs.map(keyOfRun);

  await queue.send([...messages, ...messages, ...messages]);
  await Promise.all([...runs.map(messageFor), ...runs.map(messageFor)].map((one) => deliver(one)));

  for (const run of runs) {
    const events = await allEvents(us, run.id);
    expect(startsOf(events)).toBe(1);
    expect(events.at(-1)?.type).toBe('run.completed');
  }
});

it('changes nothing by a message for a run that has ended', async () => {
  const completed = await aCompletedRun(us);
  const cancelled = await submit(us, finance, { message: question });
  await cancel(us, cancelled);
  const before = await Promise.all([completed, cancelled].map(({ id }) => allEvents(us, id)));

  const answer = await deliver(messageFor(completed), messageFor(cancelled));

  expect(answer).toEqual({ batchItemFailures: [] });
  const after = await Promise.all([completed, cancelled].map(({ id }) => allEvents(us, id)));
  expect(after).toEqual(before);
});

it('takes the runs of a session in their order, however their messages come', async () => {
  const { runs, queue } = await someStoredRuns(3);

  for (const run of runs.toReversed()) {
    await queue.send([keyOfRun(run)]);
    await deliver(messageFor(run));
  }

  const ended = await Promise.all(runs.map((run) => untilIs(us, run, 'COMPLETED')));
  const [first, second, third] = await Promise.all(runs.map(({ id }) => allEvents(us, id)));
  expect([first, second, third].map((events = []) => startsOf(events))).toEqual([1, 1, 1]);
  const moments = ended.flatMap(({ startedAt, completedAt }) => [startedAt, completedAt]);
  expect(moments).toEqual(moments.toSorted());
});

it('has only those messages of a batch sent again that failed', async () => {
  const { runs } = await someStoredRuns(2);
  const [first = '', second = ''] = runs.map(messageFor);

  const answer = await deliver(first, 'no message', second, '{"runId":""}');

  expect(answer).toEqual({
    batchItemFailures: [{ itemIdentifier: 'message-1' }, { itemIdentifier: 'message-3' }],
  });
});

it('puts a message that nobody can read among the dead letters, and it alone', async () => {
  const { runs } = await someStoredRuns(1);
  const queue = await aQueueToDispatch();
  const unreadable = `no message ${randomUUID()}`;

  await queue.send(unreadable, ...runs.map(messageFor));

  const dead = await eventually('there is a dead letter', async () => {
    const letters = await queue.deadLetters();
    return letters.length > 0 ? letters : undefined;
  });
  expect(dead).toEqual([unreadable]);
  for (const run of runs) await untilIs(us, run, 'COMPLETED');
  expect(await queue.deadLetters()).toEqual([unreadable]);
});
