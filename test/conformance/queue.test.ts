import { expect, it } from 'vitest';
import * as z from 'zod';
import { finance, question, slow, workFor } from './agents.ts';
import { them, us } from './client.ts';
import { eventually } from './eventually.ts';
import { statusOf, submit, untilIs } from './runs.ts';

const Count = z.int().nonnegative();
const Counts = z.strictObject({ high: Count, normal: Count, low: Count });

const Queue = z.strictObject({
  runs: z.strictObject({ QUEUED: Count, RUNNING: Count, PAUSED: Count }),
  slots: z.strictObject({ limit: z.int().positive(), reserved: Count, held: Counts }),
  waiting: Counts,
  held: Count,
  paused: z.strictObject({
    service: z.boolean(),
    organisation: z.boolean(),
    agents: z.array(z.string()),
  }),
  limits: z.strictObject({
    running: z.int().positive(),
    queued: Count.nullable(),
    submitsPerMinute: Count.nullable(),
  }),
});

it('shows what waits and runs, and what may', async () => {
  const { body } = await us.call(Queue, 'GET', '/api/queue');

  expect(body.slots.reserved).toBeLessThan(body.slots.limit);
  expect(body.limits.running).toBe(body.slots.limit);
});

// Another tenant than the other cases: they use all agents of theirs.
it('starts no run of an agent that is paused until it is resumed', async () => {
  const json = { agentId: 'print_agent' };
  await them.call(Queue, 'POST', '/api/queue/pause', { json });
  // Others of the service hear of a pause within ten seconds.
  await new Promise((resolve) => setTimeout(resolve, 11_000));
  const run = await submit(them, 'print_agent', { message: 'Hello' });
  const held = await eventually('the run is held', async () => {
    const { body } = await them.call(Queue, 'GET', '/api/queue');
    return body.held > 0 ? body : undefined;
  });

  const before = await statusOf(them, run);
  await them.call(Queue, 'POST', '/api/queue/resume', { json });

  expect(held.paused.agents).toContain('print_agent');
  expect(before.status).toBe('QUEUED');
  await untilIs(them, run, 'COMPLETED');
});

it('takes a priority with a run, and refuses what is none', async () => {
  const path = `/api/agents/${finance}/runs/background`;
  const answer = await us.send('POST', path, { json: { message: question, priority: 'high' } });

  expect(answer.status).toBe(200);
  const { body } = await us.refused(400, 'POST', path, {
    json: { message: question, priority: 'urgent' },
  });
  expect(body.invalidParams?.[0]?.name).toBe('priority');
});

it('counts what runs by priority', async () => {
  const run = await submit(us, slow, { message: workFor(300) });
  await untilIs(us, run, 'RUNNING');

  const { body } = await us.call(Queue, 'GET', '/api/queue');

  expect(body.slots.held.normal).toBeGreaterThan(0);
});
