import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ops, sendEmail, slow, workFor } from './agents.ts';
import { them, us } from './client.ts';
import { decide, detailOf } from './runs.ts';
import { aTask, cancelTask, getTask, refusedTask, spawn, spawned, untilTask } from './tasks.ts';

describe('a task', () => {
  it('is pending when it was spawned, and shows what was asked', async () => {
    const request = aTask();

    const { body } = await spawned(us, request);

    expect(body).toMatchObject({ ...request, status: 'pending' });
  });

  it('runs to its end, and has its result then', async () => {
    const done = await untilTask(us, await spawn(us), 'completed');

    expect(done.result_summary).toContain('210.73');
    expect(done.result_data).toEqual({ content: done.result_summary });
  });

  it('takes ids in any case', async () => {
    const workspace_id = randomUUID();
    const task = await spawn(us, { workspace_id: workspace_id.toUpperCase() });

    expect(task.workspace_id).toBe(workspace_id);
    expect((await getTask(us, { id: task.id.toUpperCase() })).id).toBe(task.id);
  });

  it('says how far it is while it runs', async () => {
    const task = await spawn(us, { task_type: slow, prompt: workFor(60) });
    await untilTask(us, task, 'running');

    await expect
      .poll(async () => (await getTask(us, task)).result_data, { timeout: 60_000 })
      .toMatchObject({ phase: 'working', message: expect.stringMatching(/of 60 s/) });

    await cancelTask(us, task);
  });

  it('runs beside the others of its conversation', async () => {
    const conversation_id = randomUUID();
    const long = await spawn(us, { conversation_id, task_type: slow, prompt: workFor(60) });

    const short = await untilTask(us, await spawn(us, { conversation_id }), 'completed');

    expect((await getTask(us, long)).status).toBe('running');
    expect(short.conversation_id).toBe(conversation_id);
    await cancelTask(us, long);
  });

  it('is a run like any other to the other dialects', async () => {
    const { id } = await untilTask(us, await spawn(us), 'completed');

    expect(await detailOf(us, { id, agentId: '' })).toMatchObject({ id, status: 'COMPLETED' });
  });
});

describe('the example task types', () => {
  it.each([
    [
      'synthesis',
      'Slow export. Exports fail. Nice colours.',
      'Extracted 2 insights across 1 theme',
    ],
    ['recommendation', 'A: fast\nB: slow', 'Recommends A: 1 for it, 0 against'],
    ['drafting', 'Notes\nexport: it is faster', 'Drafted "Notes" from 2 notes in 1 sections'],
  ])('answer with data: %s', async (task_type, prompt, summary) => {
    const task = await spawn(us, { task_type, prompt });

    const { result_summary, result_data } = await untilTask(us, task, 'completed');

    expect(result_summary).toBe(summary);
    expect(result_data).toMatchObject({ summary });
  });

  it('tell the agent which document is meant', async () => {
    const target_document_id = randomUUID();
    const task = await spawn(us, { task_type: 'drafting', prompt: 'Notes.', target_document_id });

    expect((await untilTask(us, task, 'completed')).result_data).toMatchObject({
      target_document_id,
    });
  });
});

describe('a task that waits for an approval', () => {
  it('reads as running, and says that it waits; after the decision it goes on', async () => {
    const task = await spawn(us, { task_type: ops, prompt: sendEmail });
    await expect
      .poll(async () => (await getTask(us, task)).result_data, { timeout: 60_000 })
      .toMatchObject({ phase: 'awaiting_approval', message: expect.stringContaining('approval') });
    const waiting = await getTask(us, task);

    await decide(us, { id: task.id, agentId: ops }, 'REJECT');

    expect(waiting.status).toBe('running');
    expect(await untilTask(us, task, 'completed')).toMatchObject({ id: task.id });
  });
});

describe('cancelling a task', () => {
  it.each(['pending', 'running'] as const)('ends one that is %s', async (status) => {
    const task = await spawn(us, { task_type: slow, prompt: workFor(60) });
    if (status === 'running') await untilTask(us, task, 'running');

    const cancelled = await cancelTask(us, task);

    expect(cancelled).toMatchObject({ id: task.id, status: 'cancelled' });
    expect(await getTask(us, task)).toEqual(cancelled);
  });

  it('is refused with 409 where it has ended, and changes nothing', async () => {
    const completed = await untilTask(us, await spawn(us), 'completed');
    const other = await spawn(us, { task_type: slow, prompt: workFor(60) });
    await cancelTask(us, other);

    for (const { id } of [completed, other])
      await refusedTask(us, 409, 'POST', `/api/tasks/${id}/cancel`);

    expect(await getTask(us, completed)).toEqual(completed);
  });
});

describe('an Idempotency-Key on a task', () => {
  it('makes one task of 50 requests at the same time, and 50 equal answers', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const request = aTask();

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => spawned(us, request, headers)),
    );

    const bodies = new Set(answers.map(({ body }) => JSON.stringify(body)));
    const replayed = answers.map((answer) => answer.headers.get('Idempotency-Replayed'));
    expect(bodies.size).toBe(1);
    expect(replayed.filter((value) => value === null)).toHaveLength(1);
  });

  it('gets the same answer when the task has long ended', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const request = aTask();
    const first = await spawned(us, request, headers);
    await untilTask(us, first.body, 'completed');

    expect((await spawned(us, request, headers)).body).toEqual(first.body);
  });

  it('is refused with 409 for another request, and is another key for another tenant', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const request = aTask();
    const { body } = await spawned(us, request, headers);

    const theirs = await spawned(them, request, headers);

    await refusedTask(us, 409, 'POST', '/api/tasks/spawn', {
      json: { ...request, prompt: 'another' },
      headers,
    });
    expect(theirs.body.id).not.toBe(body.id);
  });
});
