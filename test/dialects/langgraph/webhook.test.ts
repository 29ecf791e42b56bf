import { expect, it } from 'vitest';
import { webhookBody } from '#api/webhook-body.ts';
import { getRun } from '#core/run/run-repository.ts';
import type { WebhookEventType } from '#core/webhook/webhook-event.ts';
import { anAgent } from '../../builders/an-agent.ts';
import { aHeldAgent, aLangGraph, aThreadId, human } from './a-langgraph.ts';

const webhook = 'https://receiver.example/hook';

it('is told of a run as it is read, with what it has come to', async () => {
  const graph = await aLangGraph();
  await graph.thread({ thread_id: aThreadId });
  const { run_id } = await graph.run(aThreadId, { input: human('safe'), webhook });
  const values = await graph.join(aThreadId, run_id);

  const body = await toldOf(graph, run_id, 'run.completed');

  expect(body).toMatchObject({
    ...(await graph.getRun(aThreadId, run_id)),
    kwargs: { webhook },
    run_ended_at: expect.stringMatching(/\+00:00$/),
    values,
  });
  expect(body).not.toHaveProperty('error');
});

it('is told of a run that failed as of an error, and why', async () => {
  const graph = await aLangGraph([
    anAgent({
      id: 'worker',
      script: () => {
        throw new Error('boom');
      },
    }),
  ]);
  await graph.thread({ thread_id: aThreadId });
  const { run_id } = await graph.run(aThreadId, { input: human('safe'), webhook });
  await graph.join(aThreadId, run_id);

  expect(await toldOf(graph, run_id, 'run.failed')).toMatchObject({
    run_id,
    status: 'error',
    error: { error: 'model_error', message: expect.stringContaining('boom') },
  });
});

it('is told of a run that was cancelled as of an interrupted one, with what it has said', async () => {
  const held = aHeldAgent();
  const graph = await aLangGraph([held.agent]);
  await graph.thread({ thread_id: aThreadId });
  const { run_id } = await graph.run(aThreadId, { input: human('safe'), webhook });
  await held.isAtWork();
  const query = { wait: '1' };
  await graph.send('POST', `/threads/${aThreadId}/runs/${run_id}/cancel`, { query });

  const body = await toldOf(graph, run_id, 'run.cancelled');

  expect(body).toMatchObject({ run_id, status: 'interrupted', values: { messages: [{}, {}] } });
  expect(body).not.toHaveProperty('error');
});

it('is told of a run that asks a person as of a success, and of its answer as of another run', async () => {
  const graph = await aLangGraph();
  await graph.thread({ thread_id: aThreadId });
  const first = await graph.run(aThreadId, { input: human('guarded'), webhook });
  await graph.join(aThreadId, first.run_id);
  const asked = await toldOf(graph, first.run_id, 'run.paused');
  graph.clock.advance(1000);
  const second = await graph.run(aThreadId, { command: { resume: true } });
  await graph.join(aThreadId, second.run_id);

  const ended = await toldOf(graph, first.run_id, 'run.completed');

  expect(asked).toMatchObject({
    run_id: first.run_id,
    status: 'success',
    values: { __interrupt__: [{ value: { action_requests: [{ name: 'guarded' }] } }] },
  });
  expect(ended).toMatchObject({ run_id: second.run_id, status: 'success' });
});

it('is told of a run that stands at a breakpoint as of a success that asks nobody', async () => {
  const graph = await aLangGraph();
  await graph.thread({ thread_id: aThreadId });
  const body = { input: human('safe'), webhook, interrupt_before: ['tools' as const] };
  const { run_id } = await graph.run(aThreadId, body);
  const values = await graph.join(aThreadId, run_id);

  const stopped = await toldOf(graph, run_id, 'run.paused');

  expect(stopped).toMatchObject({ run_id, status: 'success', values });
  expect(stopped).not.toHaveProperty(['values', '__interrupt__']);
});

it('is the one of the answer from then on, of a run that asks a person', async () => {
  const graph = await aLangGraph();
  await graph.thread({ thread_id: aThreadId });
  const { run_id } = await graph.run(aThreadId, { input: human('guarded'), webhook });
  await graph.join(aThreadId, run_id);

  await graph.wait(aThreadId, { command: { resume: true }, webhook: `${webhook}/2` });

  const run = await getRun(graph.deps, { orgId: 'acme', runId: run_id });
  expect(run.webhook).toEqual({ url: `${webhook}/2`, dialect: 'langgraph' });
});

const toldOf = async (
  { deps }: Awaited<ReturnType<typeof aLangGraph>>,
  runId: string,
  type: WebhookEventType,
) => {
  const run = await getRun(deps, { orgId: 'acme', runId });
  const at = deps.clock.now();
  return webhookBody(deps, () => '')(run, 'langgraph', { id: 'event', type, at, receiver: 'run' });
};
