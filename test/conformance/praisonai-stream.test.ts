import { expect, it } from 'vitest';
import { priceAsked, question, slow, workFor } from './agents.ts';
import { us } from './client.ts';
import { followJob, type JobFrame, jobConnection } from './job-stream.ts';
import { jobPath, submitJob, untilJobIs } from './jobs.ts';

const asking = { prompt: question, agent_file: 'finance_agent' };
const eventsOf = (frames: readonly JobFrame[]) => frames.map(({ event }) => event);

it('tells a job to its end, to a client that cannot resume', async () => {
  const id = await submitJob(us, { prompt: workFor(3), agent_file: slow });

  const frames = await followJob(us, id);

  expect(eventsOf(frames).slice(0, 2)).toEqual(['status', 'progress']);
  expect(frames.at(-2)).toMatchObject({
    event: 'result',
    data: { event: 'complete', result: expect.stringContaining('3 s') },
  });
  expect(frames.at(-1)).toMatchObject({ event: undefined, data: undefined });
  const percentages = frames.flatMap(({ event, data }) =>
    event === 'progress' ? [Number(data?.['percentage'])] : [],
  );
  expect(percentages).toEqual(percentages.toSorted((a, b) => a - b));
});

it('tells an ended job at once, with its result, and closes', async () => {
  const id = await submitJob(us, asking);
  await untilJobIs(us, id, 'succeeded');

  const frames = await jobConnection(us, id);

  expect(eventsOf(frames)).toEqual(['status', 'progress', 'result', undefined]);
  expect(frames[2]?.data).toMatchObject({
    event: 'complete',
    data: { result: expect.stringContaining(priceAsked) },
  });
});

it('goes on after the event that a client has seen, wherever it was cut', async () => {
  const id = await submitJob(us, { prompt: workFor(1), agent_file: slow });
  await untilJobIs(us, id, 'succeeded');
  const all: JobFrame[] = [];
  for (let last = '1'; all.at(-1)?.event !== 'result'; last = all.at(-1)?.id ?? last)
    all.push(...(await jobConnection(us, id, last)).filter((frame) => frame.id !== undefined));

  for (const [i, { id: seen }] of all.slice(0, -1).entries()) {
    const rest: JobFrame[] = [];
    for (let last = seen ?? ''; rest.at(-1)?.event !== 'result'; last = rest.at(-1)?.id ?? last)
      rest.push(...(await jobConnection(us, id, last)).filter((frame) => frame.id !== undefined));
    expect(rest).toEqual(all.slice(i + 1));
  }
  expect(all.length).toBeGreaterThan(1);
});

it('ends with the cancellation of its job', async () => {
  const id = await submitJob(us, { prompt: workFor(60), agent_file: slow });
  const following = followJob(us, id);

  await us.send('POST', `${jobPath(id)}/cancel`);

  expect(eventsOf(await following).slice(-2)).toEqual(['cancelled', undefined]);
});

it('has a heartbeat on one connection while nothing happens', async () => {
  const id = await submitJob(us, {
    prompt: 'Send an email to bob@example.com about it: hi.',
    agent_file: 'ops_agent',
  });
  const response = await us.send('GET', `${jobPath(id)}/stream`);
  let text = '';

  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.includes('event: heartbeat')) break;
  }

  expect(text).toMatch(/event: heartbeat\ndata: \{.*"timestamp":"[^"]+Z"\}\n\n$/);
});
