import { expect, it } from 'vitest';
import { aCompletedRun, aPausedRun } from './agents.ts';
import { us } from './client.ts';
import { decide, pathOf } from './runs.ts';
import { ToolCall, ToolCalls } from './wire-of-longrun.ts';

it('lists the tool calls of a run, each of which can be looked at by itself', async () => {
  const run = await aCompletedRun(us);

  const { body } = await us.call(ToolCalls, 'GET', `/api/runs/${run.id}/tool-calls`);

  expect(body.toolCalls.length).toBeGreaterThan(0);
  for (const { links, cutFromBytes: _, ...listed } of body.toolCalls)
    expect((await us.call(ToolCall, 'GET', links.self)).body).toEqual(listed);
});

it('lists a refused call with the reason', async () => {
  const paused = await aPausedRun(us);
  await us.send('POST', `${pathOf(paused)}/continue`, {
    json: { action: 'REJECT', reason: 'not on a Sunday' },
  });

  const { body } = await us.call(ToolCalls, 'GET', `/api/runs/${paused.id}/tool-calls`);

  expect(body.toolCalls).toMatchObject([
    { tool: 'send_email', outcome: 'denied', result: 'not on a Sunday' },
  ]);
});

it('knows no call that was not made', async () => {
  const paused = await aPausedRun(us);

  const { body } = await us.refused(404, 'GET', `/api/runs/${paused.id}/tool-calls/call_0_0`);
  await decide(us, paused, 'REJECT');

  expect(body.code).toBe('tool_call_not_found');
});
