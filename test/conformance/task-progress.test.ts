import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ops, sendEmail, slow, workFor } from './agents.ts';
import { us } from './client.ts';
import { decide } from './runs.ts';
import { connectTask, firstOf, followTask, oneConnectionTo } from './task-stream.ts';
import { cancelTask, getTask, refusedTask, spawn, unprocessable, untilTask } from './tasks.ts';

const aLongTask = (seconds: number) => spawn(us, { task_type: slow, prompt: workFor(seconds) });

describe('the progress of a task', () => {
  it('begins with the present state, goes on live, and ends with what came of it', async () => {
    const { id } = await aLongTask(2);

    const heard = await followTask(us, id);

    const { result_summary } = await untilTask(us, { id }, 'completed');
    expect(['pending', 'running']).toContain(heard[0]?.data.status);
    expect(heard.map(({ data }) => data.phase)).toContain('working');
    expect(heard.at(-1)?.data).toEqual({
      id,
      status: 'completed',
      phase: 'completed',
      progress_pct: 100,
      message: null,
      result_summary,
      error: null,
    });
  });

  it('begins with what the task itself shows', async () => {
    const task = await aLongTask(60);
    await expect
      .poll(async () => (await getTask(us, task)).result_data, { timeout: 60_000 })
      .toMatchObject({ phase: 'working' });

    const first = await firstOf(us, task.id);

    expect(first?.data).toMatchObject({
      id: task.id,
      status: 'running',
      phase: 'working',
      progress_pct: expect.any(Number),
      message: expect.stringMatching(/of 60 s/),
    });
    await cancelTask(us, task);
  });

  it('of a task that has ended is one event, for whoever asks and comes back', async () => {
    const { id } = await untilTask(us, await spawn(us), 'completed');

    const first = await oneConnectionTo(us, id);
    const again = await oneConnectionTo(us, id, first[0]?.id);

    expect(first.map(({ data }) => data.status)).toEqual(['completed']);
    expect(again).toEqual(first);
  });

  it('says that a task waits for an approval, and that it goes on', async () => {
    const task = await spawn(us, { task_type: ops, prompt: sendEmail });
    await expect
      .poll(async () => (await getTask(us, task)).result_data, { timeout: 60_000 })
      .toMatchObject({ phase: 'awaiting_approval' });
    const waiting = await firstOf(us, task.id);
    await decide(us, { id: task.id, agentId: ops }, 'REJECT');

    const rest = await oneConnectionTo(us, task.id, waiting?.id);

    expect(waiting?.data).toMatchObject({ status: 'running', phase: 'awaiting_approval' });
    expect(rest.map(({ data }) => data.phase)).toContain('resumed');
    expect((await oneConnectionTo(us, task.id, 1)).map(({ data }) => data.phase)).toContain(
      'awaiting_approval',
    );
  });

  it('ends with a task that is cancelled', async () => {
    const task = await aLongTask(60);
    await untilTask(us, task, 'running');
    const following = followTask(us, task.id);

    await cancelTask(us, task);

    expect((await following).at(-1)?.data).toMatchObject({ status: 'cancelled', error: null });
  });

  it('is told again from any event on, exactly as before', async () => {
    const { id } = await untilTask(us, await aLongTask(1), 'completed');
    const all = await oneConnectionTo(us, id, 1);

    const rests = [];
    for (const one of all.slice(0, -1)) rests.push(await oneConnectionTo(us, id, one.id));

    expect(rests).toEqual(all.slice(0, -1).map((_, i) => all.slice(i + 1)));
  });

  it('loses and repeats nothing, wherever connections break', async () => {
    const { id } = await aLongTask(3);
    const cuts = fc.sample(fc.integer({ min: 1, max: 700 }), 30);

    const heard = await followTask(us, id, cuts);

    const all = await oneConnectionTo(us, id, 1);
    const begin = heard[0]?.id ?? 0;
    // Who comes back having missed nothing is told the present state, under the number he has.
    const news = heard.filter((one, i) => i === 0 || one.id !== heard[i - 1]?.id).slice(1);
    const numbers = all.map((one) => one.id);
    expect(news.filter((one) => numbers.includes(one.id))).toEqual(
      all.filter((one) => one.id > begin),
    );
    expect(news.map((one) => one.id)).toEqual(news.map((one) => one.id).toSorted((a, b) => a - b));
  });

  it('needs a task, a number and a token', async () => {
    const { id } = await spawn(us);

    const { at } = await unprocessable(us, 'GET', `/api/tasks/${id}/progress`, {
      headers: { 'Last-Event-ID': 'abc' },
    });

    expect(at).toEqual(['header.Last-Event-ID']);
    await refusedTask(us, 404, 'GET', `/api/tasks/${crypto.randomUUID()}/progress`);
  });

  it('is a stream that nobody keeps', async () => {
    const { id } = await spawn(us);

    const response = await us.send('GET', `/api/tasks/${id}/progress`);
    await response.body?.cancel();

    expect(response.headers.get('Cache-Control')).toBe('no-cache');
    expect(response.headers.get('X-Accel-Buffering')).toBe('no');
    for await (const { data } of connectTask(us, id)) expect(data.id).toBe(id);
  });
});
