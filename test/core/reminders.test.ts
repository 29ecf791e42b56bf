import { describe, expect, it } from 'vitest';
import type { ToolApproval } from '#agent/define-agent.ts';
import type { OutboxEvent } from '#core/outbox/outbox-event.ts';
import { sweep } from '#core/run/sweep.ts';
import { aPausedRun, latest } from '../builders/a-run.ts';
import { workingAgent } from '../builders/an-agent.ts';
import { anEngine } from '../builders/an-engine.ts';
import { allEvents } from './legal-history.ts';

const hourMs = 3600_000;

/** A run that waits, of an engine that does nothing by itself. */
async function aWaitingRun(approval: Partial<ToolApproval<unknown>>) {
  const heard: OutboxEvent[] = [];
  const bus = {
    publish: async (events: readonly OutboxEvent[]) => {
      heard.push(...events);
      return [];
    },
  };
  const { tools = [], ...agent } = workingAgent(() => undefined);
  const asking = tools.map((tool) =>
    tool.approval ? { ...tool, approval: { ...tool.approval, ...approval } } : tool,
  );
  const engine = await anEngine({ idle: true, bus, agents: [{ ...agent, tools: asking }] });
  const run = await aPausedRun(engine, { agentId: 'worker', message: 'guarded' });
  const pass = async (ms: number) => {
    engine.clock.advance(ms);
    await sweep(engine.deps);
    await sweep(engine.deps);
  };
  const told = (type: OutboxEvent['type']) => heard.filter((event) => event.type === type);
  return { engine, run, pass, told };
}

describe('a reminder', () => {
  it('is told once, when it is due, and leaves the run waiting', async () => {
    const { engine, run, pass, told } = await aWaitingRun({ remindAfterSeconds: 3600 });

    await pass(hourMs - 1);
    expect(told('Approval Reminder')).toEqual([]);
    await pass(1);
    // What was written in a sweep is told in one that comes later.
    await pass(2 * 60_000);
    await pass(24 * hourMs);

    const { approvalId, expiresAt } = run.pendingApproval;
    expect(told('Approval Reminder')).toMatchObject([
      { runId: run.id, approvalId, tool: 'guarded', expiresAt },
    ]);
    expect(await latest(engine, run)).toMatchObject({ status: 'PAUSED' });
    const events = await allEvents(engine.deps, run);
    expect(events.filter(({ type }) => type === 'approval.reminder')).toHaveLength(1);
  });

  it.each([
    ['none is wanted', {}],
    ['it would come too late', { remindAfterSeconds: 3600, expiresAfterSeconds: 3600 }],
  ])('is not told where %s', async (_, approval) => {
    const { pass, told } = await aWaitingRun(approval);

    await pass(hourMs);
    await pass(8 * 24 * hourMs);
    await pass(2 * 60_000);

    expect(told('Approval Reminder')).toEqual([]);
  });

  it('does not keep the approval from expiring', async () => {
    const asked = { remindAfterSeconds: 3600, expiresAfterSeconds: 7200 };
    const { engine, run, pass } = await aWaitingRun(asked);

    await pass(hourMs);
    await pass(hourMs);

    expect(await latest(engine, run)).toMatchObject({ status: 'RUNNING' });
  });
});

it.each([
  ['reject', 'RUNNING'],
  ['cancel', 'CANCELLED'],
  ['fail', 'FAILED'],
] as const)('that nobody decided is told, where the policy is %s', async (onExpiry, status) => {
  const { engine, run, pass, told } = await aWaitingRun({ onExpiry, expiresAfterSeconds: 60 });

  await pass(60_000);
  await pass(2 * 60_000);

  expect(told('Approval Decided')).toMatchObject([
    { runId: run.id, decision: 'REJECT', by: 'system:expiry' },
  ]);
  const events = await allEvents(engine.deps, run);
  const types = events.map(({ type }) => type);
  expect(types.filter((type) => type === 'approval.decided')).toHaveLength(1);
  expect(
    told('Agent Run Status Changed').map((event) => 'status' in event && event.status),
  ).toContain(status);
});
