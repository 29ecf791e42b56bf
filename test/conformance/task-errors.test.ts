import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { Client, type Method, nobody, them, us } from './client.ts';
import { aTask, getTask, refusedTask, spawn, unprocessable, untilTask } from './tasks.ts';
import type { Task } from './wire-of-tasks.ts';

const routesOf = (id: string): [Method, string, unknown?][] => [
  ['GET', `/api/tasks/${id}`],
  ['POST', `/api/tasks/${id}/cancel`],
  ['GET', `/api/tasks/${id}/progress`],
];
const names = routesOf('{task_id}').map(([method, path]) => `${method} ${path}`);

describe('a task of another tenant', () => {
  let task: Task;

  beforeAll(async () => {
    task = await untilTask(us, await spawn(us), 'completed');
  });

  it.each(names.map((name, i) => [name, i] as const))('is not found by %s', async (_, i) => {
    const [theirs, none] = [routesOf(task.id)[i], routesOf(randomUUID())[i]];
    if (!theirs || !none) throw new Error('no such route');

    const details = [
      await refusedTask(them, 404, theirs[0], theirs[1]),
      await refusedTask(them, 404, none[0], none[1]),
    ];

    expect(details[0]).toBe(details[1]);
    expect(await getTask(us, task)).toEqual(task);
  });
});

describe('without a valid token', () => {
  it.each([...names, 'POST /api/tasks/spawn', `GET /api/tasks?workspace_id=${randomUUID()}`])(
    '%s is refused with 401',
    async (name) => {
      const path = name.replace('{task_id}', randomUUID()).replace(/^\w+ /, '');
      const method = name.startsWith('GET') ? 'GET' : 'POST';
      const options = path.endsWith('spawn') ? { json: aTask() } : {};

      await refusedTask(nobody, 401, method, path, options);
      await refusedTask(new Client(us.baseUrl, 'Bearer wrong'), 401, method, path, options);
    },
  );
});

describe('is refused with 422, and named:', () => {
  const without = (name: string) =>
    Object.fromEntries(Object.entries(aTask()).filter(([key]) => key !== name));

  it.each(['workspace_id', 'conversation_id', 'task_type', 'prompt'])(
    'a spawn without %s',
    async (name) => {
      const { at } = await unprocessable(us, 'POST', '/api/tasks/spawn', { json: without(name) });

      expect(at).toEqual([`body.${name}`]);
    },
  );

  it.each<[string, unknown]>([
    ['workspace_id', 'w1'],
    ['conversation_id', 7],
    ['target_document_id', 'doc'],
    ['prompt', ''],
    ['prompt', ' \n'],
    ['prompt', null],
    ['task_type', ''],
    ['task_type', ['synthesis']],
  ])('a spawn whose %s is %j', async (name, value) => {
    const json = { ...aTask(), [name]: value };

    expect((await unprocessable(us, 'POST', '/api/tasks/spawn', { json })).at).toEqual([
      `body.${name}`,
    ]);
  });

  it('a type that there is not, with those that there are', async () => {
    const json = aTask({ task_type: 'unheard_of' });

    const { at, says } = await unprocessable(us, 'POST', '/api/tasks/spawn', { json });

    expect(at).toEqual(['body.task_type']);
    for (const known of ['synthesis', 'recommendation', 'drafting']) expect(says).toContain(known);
  });

  it.each([
    ['no JSON', '{"prompt": '],
    ['no object', '[]'],
    ['nothing', ''],
  ])('a body that is %s', async (_, body) => {
    const { at } = await unprocessable(us, 'POST', '/api/tasks/spawn', { body });

    expect(at).toEqual(['body']);
  });

  it.each([
    ['workspace_id', 'w1'],
    ['status', 'done'],
    ['status', 'RUNNING'],
    ['limit', '0'],
    ['limit', '101'],
    ['limit', 'ten'],
    ['offset', '-1'],
    ['before', 'yesterday'],
  ])('a list with %s=%s', async (name, value) => {
    const query = new URLSearchParams({ workspace_id: randomUUID(), [name]: value });

    expect((await unprocessable(us, 'GET', `/api/tasks?${query}`)).at).toEqual([`query.${name}`]);
  });

  it('a list without a workspace', async () => {
    expect((await unprocessable(us, 'GET', '/api/tasks')).at).toEqual(['query.workspace_id']);
  });

  it.each(routesOf('no-uuid'))('an id that is none: %s %s', async (method, path) => {
    expect((await unprocessable(us, method, path)).at).toEqual(['path.task_id']);
  });
});

it('refuses a prompt that is too large with 413', async () => {
  const json = aTask({ prompt: 'x'.repeat(300 * 1024) });

  await refusedTask(us, 413, 'POST', '/api/tasks/spawn', { json });
});
