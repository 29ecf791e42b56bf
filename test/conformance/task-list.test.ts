import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { slow, workFor } from './agents.ts';
import { them, us } from './client.ts';
import { eventually } from './eventually.ts';
import { cancelTask, listTasks, spawn, untilTask } from './tasks.ts';
import type { Task } from './wire-of-tasks.ts';

const idsOf = (tasks: readonly Task[]) => tasks.map(({ id }) => id);

/** A workspace with so many tasks, newest first, once the list shows them all. */
async function aWorkspace(count: number) {
  const workspace_id = randomUUID();
  const tasks: Task[] = [];
  for (let i = 0; i < count; i += 1) tasks.unshift(await spawn(us, { workspace_id }));
  await untilTotal({ workspace_id }, count);
  return { workspace_id, ids: idsOf(tasks) };
}

/** A list may be late, and its total later still. */
const untilTotal = (query: Record<string, string>, total: number) =>
  eventually(`there are ${total} in ${JSON.stringify(query)}`, async () => {
    const page = await listTasks(us, { ...query, limit: '100' });
    return page.total === total && page.tasks.length === total ? page : undefined;
  });

describe('the list of tasks', () => {
  it('shows those of a workspace, newest first, each as its own page shows it', async () => {
    const { workspace_id, ids } = await aWorkspace(3);
    await Promise.all(ids.map((id) => untilTask(us, { id }, 'completed')));

    const { tasks, total } = await listTasks(us, { workspace_id });

    expect(idsOf(tasks)).toEqual(ids);
    expect(total).toBe(3);
    expect(tasks).toEqual(await Promise.all(ids.map((id) => untilTask(us, { id }, 'completed'))));
  });

  it('has 20 on a page unless it is asked for more or fewer, and the total on each', async () => {
    const { workspace_id, ids } = await aWorkspace(22);

    const first = await listTasks(us, { workspace_id });
    const rest = await listTasks(us, { workspace_id, offset: '20' });
    const middle = await listTasks(us, { workspace_id, offset: '1', limit: '2' });
    const none = await listTasks(us, { workspace_id, offset: '22' });

    expect([first, rest, middle, none].map(({ tasks }) => idsOf(tasks))).toEqual([
      ids.slice(0, 20),
      ids.slice(20),
      ids.slice(1, 3),
      [],
    ]);
    expect([first, rest, middle, none].map(({ total }) => total)).toEqual([22, 22, 22, 22]);
  });

  it('can be narrowed to a status; who waits for an approval is running', async () => {
    const { workspace_id, ids } = await aWorkspace(2);
    const running = await spawn(us, { workspace_id, task_type: slow, prompt: workFor(60) });
    const cancelled = await spawn(us, { workspace_id, task_type: slow, prompt: workFor(60) });
    await cancelTask(us, cancelled);
    await untilTask(us, running, 'running');

    const completed = await untilTotal({ workspace_id, status: 'completed' }, 2);
    const others = await Promise.all([
      untilTotal({ workspace_id, status: 'running' }, 1),
      untilTotal({ workspace_id, status: 'cancelled' }, 1),
      untilTotal({ workspace_id, status: 'pending' }, 0),
      untilTotal({ workspace_id, status: 'failed' }, 0),
    ]);

    expect(idsOf(completed.tasks)).toEqual(ids);
    expect(others.map(({ tasks }) => idsOf(tasks))).toEqual([[running.id], [cancelled.id], [], []]);
    await cancelTask(us, running);
  });

  it('does not shift what comes before a task while new ones come', async () => {
    const { workspace_id, ids } = await aWorkspace(7);
    const query = { workspace_id, before: ids[0] ?? '', limit: '3' };

    const first = await listTasks(us, query);
    await Promise.all([1, 2, 3].map(() => spawn(us, { workspace_id })));
    await untilTotal({ workspace_id }, 10);
    const second = await listTasks(us, { ...query, offset: '3' });

    expect([...idsOf(first.tasks), ...idsOf(second.tasks)]).toEqual(ids.slice(1));
  });

  it('shows a tenant nothing of another, though it knows the workspace', async () => {
    const { workspace_id } = await aWorkspace(1);
    const theirs = await spawn(them, { workspace_id });

    expect(idsOf((await listTasks(us, { workspace_id })).tasks)).not.toContain(theirs.id);
    expect(await untilTotal({ workspace_id }, 1)).toBeDefined();
  });

  it('is empty for a workspace that there is not', async () => {
    expect(await listTasks(us, { workspace_id: randomUUID() })).toEqual({ tasks: [], total: 0 });
  });
});
