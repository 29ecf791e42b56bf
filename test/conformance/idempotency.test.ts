import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aSession, finance, question, slow, workFor } from './agents.ts';
import { them, us } from './client.ts';
import { ran, statusOf, submitted, untilIs } from './runs.ts';

const aKey = () => ({ 'Idempotency-Key': randomUUID() });
const request = { message: question };
const background = `/api/agents/${finance}/runs/background`;

const routes = [
  {
    name: 'a background run',
    path: background,
    start: async (headers: Record<string, string>) => {
      const { headers: answered, body } = await submitted(us, finance, request, headers);
      return { id: body.id, replayed: answered.get('Idempotency-Replayed') };
    },
  },
  {
    name: 'a synchronous run',
    path: `/api/agents/${finance}/runs`,
    start: async (headers: Record<string, string>) => {
      const { headers: answered, body } = await ran(us, finance, request, headers);
      return { id: body.runId, replayed: answered.get('Idempotency-Replayed') };
    },
  },
];

describe.each(routes)('an Idempotency-Key on $name', ({ path, start }) => {
  it('gets the same run for the same request', async () => {
    const headers = aKey();
    const first = await start(headers);

    const second = await start(headers);

    expect(first.replayed).toBeNull();
    expect(second).toEqual({ id: first.id, replayed: 'true' });
  });

  it('still gets that run after it has completed', async () => {
    const headers = aKey();
    const { id } = await start(headers);
    await untilIs(us, { id, agentId: finance }, 'COMPLETED');

    expect(await start(headers)).toEqual({ id, replayed: 'true' });
  });

  it('is refused with 409 for another request', async () => {
    const headers = aKey();
    await start(headers);

    await us.refused(409, 'POST', path, { json: { message: 'And of MSFT?' }, headers });
  });

  it.each([
    ['is empty', ''],
    ['has more than 255 characters', 'k'.repeat(256)],
    ['has control characters', 'one\ttwo'],
  ])('is refused with 400 where it %s', async (_, key) => {
    const headers = { 'Idempotency-Key': key };

    const { body } = await us.refused(400, 'POST', path, { json: request, headers });

    expect(body.invalidParams).toMatchObject([{ name: 'Idempotency-Key' }]);
  });

  it('may have 255 characters', async () => {
    const key = randomUUID().padEnd(255, 'k');

    await start({ 'Idempotency-Key': key });
  });

  it('is not used up by a request that is refused', async () => {
    const headers = aKey();
    await us.refused(400, 'POST', path, { json: { message: '' }, headers });

    const { replayed } = await start(headers);

    expect(replayed).toBeNull();
  });
});

describe('one Idempotency-Key', () => {
  it('is two for two tenants', async () => {
    const headers = aKey();

    const ours = await submitted(us, finance, request, headers);
    const theirs = await submitted(them, finance, request, headers);

    expect(theirs.body.id).not.toBe(ours.body.id);
    expect(theirs.headers.get('Idempotency-Replayed')).toBeNull();
  });

  it('is two for two operations', async () => {
    const headers = aKey();

    const inBackground = await submitted(us, finance, request, headers);
    const synchronous = await ran(us, finance, request, headers);

    expect(synchronous.body.runId).not.toBe(inBackground.body.id);
    expect(synchronous.headers.get('Idempotency-Replayed')).toBeNull();
  });

  it.each([
    ['short', question],
    ['long', `${question} ${'x'.repeat(100 * 1024)}`],
  ])('makes one run of 50 %s requests at the same time', async (_, message) => {
    const headers = aKey();

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => submitted(us, finance, { message }, headers)),
    );

    const replayed = answers.map((answer) => answer.headers.get('Idempotency-Replayed'));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(replayed.filter((value) => value === null)).toHaveLength(1);
    expect(replayed.filter((value) => value === 'true')).toHaveLength(49);
  });
});

it('makes a run of its own of every request without an Idempotency-Key', async () => {
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => submitted(us, finance, request)),
  );

  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(5);
});

it('repeats no work for a request that is repeated while its run waits', async () => {
  const headers = aKey();
  const sessionId = aSession();
  const work = { message: workFor(1), sessionId };
  const first = await submitted(us, slow, work, headers);
  await submitted(us, slow, work, headers);

  const { body: next } = await submitted(us, finance, { message: question, sessionId });
  const done = await untilIs(us, first.body, 'COMPLETED');
  await untilIs(us, next, 'COMPLETED');

  expect(await statusOf(us, first.body)).toEqual(done);
});
