import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aCompletedRun, slow, workFor } from './agents.ts';
import { us } from './client.ts';
import { connect, follow, isLast, oneConnection } from './event-stream.ts';
import { submit } from './runs.ts';
import type { RunEvent } from './wire-of-events.ts';

it('resumes after any event of an ended run with exactly those that follow, and closes', async () => {
  const { id } = await aCompletedRun(us);
  const events = await oneConnection(us, id);
  const seen = events.slice(0, -1);

  const rests = await Promise.all(seen.map(({ seq }) => oneConnection(us, id, seq)));

  expect(rests).toEqual(seen.map((_, i) => events.slice(i + 1)));
});

it('closes at once for a reader that has seen the last event', async () => {
  const { id } = await aCompletedRun(us);
  const last = (await oneConnection(us, id)).at(-1);

  expect(await oneConnection(us, id, last?.seq)).toEqual([]);
});

it('begins at the first event where the last one seen is number 0', async () => {
  const { id } = await aCompletedRun(us);

  expect(await oneConnection(us, id, 0)).toEqual(await oneConnection(us, id));
});

it('loses and repeats nothing of an ended run, wherever connections break', async () => {
  const { id } = await aCompletedRun(us);
  const events = await oneConnection(us, id);

  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 5 }),
      async (cuts) => {
        expect(await readWithCuts(id, cuts)).toEqual(events);
      },
    ),
    { numRuns: 20 },
  );
});

it('loses and repeats nothing of a run at work, wherever connections break', async () => {
  const { id } = await submit(us, slow, { message: workFor(3) });
  const cuts = fc.sample(fc.integer({ min: 1, max: 600 }), 40);

  const events = await readWithCuts(id, cuts);

  expect(events.at(-1)?.type).toBe('run.completed');
  expect(events).toEqual(await oneConnection(us, id));
});

it.each([
  ['letters', 'abc'],
  ['a fraction', '1.5'],
  ['a negative number', '-1'],
])('refuses a Last-Event-ID that is %s with 400', async (_, lastEventId) => {
  const { id } = await aCompletedRun(us);

  const { body } = await us.refused(400, 'GET', `/api/runs/${id}/events`, {
    headers: { 'Last-Event-ID': lastEventId },
  });

  expect(body.invalidParams).toMatchObject([{ name: 'Last-Event-ID' }]);
});

/** Breaks one connection after each number of bytes, then reads on to the end. */
async function readWithCuts(runId: string, cuts: readonly number[]): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for (const maxBytes of cuts) {
    if (isLast(events.at(-1))) return events;
    for await (const event of connect(us, runId, { after: events.at(-1)?.seq, maxBytes }))
      events.push(event);
  }
  for await (const event of follow(us, runId, events.at(-1))) events.push(event);
  return events;
}
