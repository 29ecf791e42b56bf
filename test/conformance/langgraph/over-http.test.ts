import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { finance, ops, question, sendEmail, slow, workFor } from '../agents.ts';
import { type CallOptions, type Method, them, us } from '../client.ts';
import { eventually } from '../eventually.ts';

/* What the SDKs have no words for, or send in one way only. */

const Run = z.looseObject({ run_id: z.string(), thread_id: z.string(), status: z.string() });
const Thread = z.looseObject({ thread_id: z.string(), status: z.string() });
const Refusal = z.object({ detail: z.string() });

async function take<S extends z.ZodType>(
  schema: S,
  method: Method,
  path: string,
  options?: CallOptions,
): Promise<z.output<S>> {
  const response = await us.send(method, path, options);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return schema.parse(JSON.parse(text));
}

const said = (content: string) => ({ messages: [{ role: 'user', content }] });

async function aThread(): Promise<string> {
  return (await take(Thread, 'POST', '/threads', { json: {} })).thread_id;
}

const start = (thread: string, agent: string, message: string, more: object = {}) =>
  take(Run, 'POST', `/threads/${thread}/runs`, {
    json: { assistant_id: agent, input: said(message), ...more },
  });

const atWork = (thread: string, id: string) =>
  eventually('the run is at work', async () => {
    const { status } = await take(Run, 'GET', `/threads/${thread}/runs/${id}`);
    return status === 'running' ? status : undefined;
  });

describe('what is wrong with a request', () => {
  it.each([
    ['no JSON', '/threads', '{', 422],
    ['no id', '/threads/nobody/runs', '{"assistant_id":"x"}', 422],
    ['no assistant', `/threads/${randomUUID()}/runs`, '{}', 422],
    ['an assistant that there is not', '/runs', '{"assistant_id":"nobody"}', 422],
    ['no thread', `/threads/${randomUUID()}/runs`, `{"assistant_id":"${finance}"}`, 404],
  ])('is said where it is %s', async (_, path, body, status) => {
    const response = await us.send('POST', path, { body });

    expect(response.status).toBe(status);
    expect(Refusal.parse(await response.json()).detail).not.toBe('');
  });
});

it('a run and a thread are made once for one idempotency key', async () => {
  const thread = await aThread();
  const headers = { 'Idempotency-Key': randomUUID() };
  const json = { assistant_id: finance, input: said(question) };
  const path = `/threads/${thread}/runs`;

  const runs = [
    await take(Run, 'POST', path, { json, headers }),
    await take(Run, 'POST', path, { json, headers }),
  ];
  const threads = [
    await take(Thread, 'POST', '/threads', { json: {}, headers }),
    await take(Thread, 'POST', '/threads', { json: {}, headers }),
  ];

  expect(runs[1]?.run_id).toBe(runs[0]?.run_id);
  expect(threads[1]?.thread_id).toBe(threads[0]?.thread_id);
});

it('an answer is given once for one idempotency key, by the id of what it answers', async () => {
  const thread = await aThread();
  const asked = await take(
    z.looseObject({ __interrupt__: z.tuple([z.looseObject({ id: z.string() })]) }),
    'POST',
    `/threads/${thread}/runs/wait`,
    { json: { assistant_id: ops, input: said(sendEmail) } },
  );
  const [{ id }] = asked.__interrupt__;
  const resume = { [id]: { decisions: [{ type: 'reject', message: 'not today' }] } };
  const headers = { 'Idempotency-Key': randomUUID() };
  const json = { assistant_id: ops, command: { resume } };

  const first = await take(Run, 'POST', `/threads/${thread}/runs`, { json, headers });
  await us.send('GET', `/threads/${thread}/runs/${first.run_id}/join`);
  const second = await take(Run, 'POST', `/threads/${thread}/runs`, { json, headers });

  expect(second.run_id).toBe(first.run_id);
  expect((await take(Thread, 'GET', `/threads/${thread}`)).status).toBe('idle');
});

it('a delayed run is pending, keeps nobody waiting, and is undone without a trace', async () => {
  const thread = await aThread();
  const delayed = await start(thread, finance, question, { after_seconds: 3600 });

  await take(z.looseObject({}), 'POST', `/threads/${thread}/runs/wait`, {
    json: { assistant_id: finance, input: said(question) },
  });
  const path = `/threads/${thread}/runs/${delayed.run_id}`;
  const cancelled = await us.send('POST', `${path}/cancel?action=rollback`);

  expect(cancelled.status).toBe(202);
  expect((await us.send('GET', path)).status).toBe(404);
  expect((await take(Thread, 'GET', `/threads/${thread}`)).status).toBe('idle');
});

it('a thread is deleted while its run is at work', async () => {
  const thread = await aThread();
  const run = await start(thread, slow, workFor(60));
  await atWork(thread, run.run_id);

  const deleted = await us.send('DELETE', `/threads/${thread}`);

  expect(deleted.status).toBe(204);
  expect((await us.send('GET', `/threads/${thread}`)).status).toBe(404);
  expect((await us.send('GET', `/threads/${thread}/runs/${run.run_id}`)).status).toBe(404);
});

it('all runs of a thread are cancelled at once, and then none is left to be', async () => {
  const thread = await aThread();
  const first = await start(thread, slow, workFor(60));
  await atWork(thread, first.run_id);
  await start(thread, finance, question);
  const json = { thread_id: thread, status: 'all' };

  const all = await us.send('POST', '/runs/cancel', { json });
  const none = await us.send('POST', '/runs/cancel', { json });

  expect([all.status, none.status]).toEqual([204, 404]);
});

it('nothing of a thread is there for another tenant', async () => {
  const thread = await aThread();
  const run = await start(thread, finance, question);
  const ofRun = `/threads/${thread}/runs/${run.run_id}`;
  const json = { assistant_id: finance };

  for (const [method, path, options] of [
    ['GET', `/threads/${thread}`, {}],
    ['GET', `/threads/${thread}/state`, {}],
    ['POST', `/threads/${thread}/state`, { json: { values: {} } }],
    ['POST', `/threads/${thread}/history`, { json: {} }],
    ['POST', `/threads/${thread}/copy`, {}],
    ['PATCH', `/threads/${thread}`, { json: { metadata: {} } }],
    ['DELETE', `/threads/${thread}`, {}],
    ['POST', `/threads/${thread}/runs`, { json }],
    ['GET', `/threads/${thread}/runs`, {}],
    ['GET', ofRun, {}],
    ['POST', `${ofRun}/cancel`, {}],
    ['DELETE', ofRun, {}],
  ] as const)
    expect((await them.send(method, path, options)).status, `${method} ${path}`).toBe(404);
});
