import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { finance, question, slow, workFor } from './agents.ts';
import { batchOf, makeBatch, resultsOf, Upload, untilEnded } from './batches.ts';
import { them, us } from './client.ts';

const items = [{ message: question }, { message: ' ' }, { message: question }];

it('runs every line of a batch, says which are none, and gives the answers as a file', async () => {
  const { batch } = await makeBatch(us, { agentId: finance, items });

  const ended = await untilEnded(us, batch);

  expect(ended).toMatchObject({ status: 'COMPLETED', lines: 3, percentage: 100 });
  expect(ended.counts).toMatchObject({ COMPLETED: 2, INVALID: 1, QUEUED: 0, RUNNING: 0 });
  expect(ended.errors).toMatchObject([{ line: 2, code: 'invalid_line' }]);
  const { complete, lines } = await resultsOf(us, ended);
  expect(complete).toBe(true);
  expect(lines.map(({ line, status }) => [line, status])).toEqual([
    [1, 'COMPLETED'],
    [2, 'INVALID'],
    [3, 'COMPLETED'],
  ]);
  expect(lines[0]?.output?.content).not.toBe('');
});

it('makes a batch of a file that was uploaded, and one only', async () => {
  const answer = await us.send('POST', '/api/batches/uploads');
  const upload = Upload.parse(await answer.json());
  const body = `${JSON.stringify({ message: question })}\n`;
  const put = await fetch(upload.url, { method: upload.method, body });

  const first = await makeBatch(us, { agentId: finance, file: upload.id });
  const again = await makeBatch(us, { agentId: finance, file: upload.id });

  expect([answer.status, put.status]).toEqual([201, 200]);
  expect(again.batch.id).toBe(first.batch.id);
  expect([first.replayed, again.replayed]).toEqual([false, true]);
  expect(await untilEnded(us, first.batch)).toMatchObject({ counts: { COMPLETED: 1 } });
});

it('refuses a file that nobody has uploaded', async () => {
  const unknown = { agentId: finance, file: randomUUID() };
  const upload = Upload.parse(await (await us.send('POST', '/api/batches/uploads')).json());

  await us.refused(400, 'POST', '/api/batches', { json: unknown });
  await us.refused(400, 'POST', '/api/batches', { json: { ...unknown, file: upload.id } });
});

it('makes one batch of requests with the same Idempotency-Key or name', async () => {
  const json = { agentId: finance, items: [{ message: question }] };
  const headers = { 'Idempotency-Key': randomUUID() };
  const named = { ...json, idempotencyPrefix: randomUUID() };

  const byKey = [await makeBatch(us, json, headers), await makeBatch(us, json, headers)];
  const byName = [await makeBatch(us, named), await makeBatch(us, named)];

  for (const made of [byKey, byName]) {
    expect(new Set(made.map(({ batch }) => batch.id)).size).toBe(1);
    expect(made.map(({ replayed }) => replayed)).toEqual([false, true]);
  }
});

it('cancels a batch with its runs, and not again once it has ended', async () => {
  const waiting = Array.from({ length: 3 }, () => ({ message: workFor(300) }));
  const { batch } = await makeBatch(us, { agentId: slow, items: waiting });

  const cancelled = await us.send('POST', `/api/batches/${batch.id}/cancel`);
  const ended = await untilEnded(us, batch);

  expect(cancelled.status).toBe(202);
  expect(ended).toMatchObject({ status: 'CANCELLED', counts: { QUEUED: 0, RUNNING: 0 } });
  await us.refused(409, 'POST', `/api/batches/${batch.id}/cancel`);
});

it('shows a batch to its organisation alone', async () => {
  const { batch } = await makeBatch(us, { agentId: finance, items: [{ message: question }] });

  await them.refused(404, 'GET', `/api/batches/${batch.id}`);
  await them.refused(404, 'GET', `/api/batches/${batch.id}/results`);
  await them.refused(404, 'POST', `/api/batches/${batch.id}/cancel`);
  expect(await batchOf(us, batch.id)).toMatchObject({ id: batch.id });
});

const unacceptable: [string, object, number?][] = [
  ['no agent', { items }],
  ['an agent that there is not', { agentId: 'nobody', items }, 404],
  ['neither items nor a file', { agentId: finance }],
  ['no items', { agentId: finance, items: [] }],
  ['items and a file', { agentId: finance, items, file: randomUUID() }],
  ['a file that is no upload', { agentId: finance, file: '../x' }],
];

it.each(unacceptable)('refuses a batch with %s', async (_, json, status = 400) => {
  await us.refused(status, 'POST', '/api/batches', { json });
});
