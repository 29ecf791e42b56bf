import { expect } from 'vitest';
import type { RunDeps } from '#core/run/deps.ts';
import { hasEnded, nextStatuses, type Run, RunOutput, type RunStatus } from '#core/run/run.ts';
import type { RunEvent } from '#core/run/run-event.ts';
import { eventsAfter, keyOf } from '#core/run/run-repository.ts';
import { runCheckpoints } from '#core/session/checkpoints.ts';
import { toolCallsOf } from '#core/session/transcript.ts';
import { loadValue } from '#core/store/stored-value.ts';
import type { Effect } from '../builders/an-agent.ts';

const statusAfter: Partial<Record<RunEvent['type'], RunStatus>> = {
  'run.queued': 'QUEUED',
  'run.started': 'RUNNING',
  'run.paused': 'PAUSED',
  'run.resumed': 'RUNNING',
  'run.completed': 'COMPLETED',
  'run.failed': 'FAILED',
  'run.cancelled': 'CANCELLED',
};

export async function allEvents(deps: Pick<RunDeps, 'store'>, run: Run): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for (let page = await eventsAfter(deps, keyOf(run), 0); page.length > 0; ) {
    events.push(...page);
    page = await eventsAfter(deps, keyOf(run), events.length);
  }
  return events;
}

/** Events without a gap, which tell one legal way to where the run is, and one decision an approval. */
export async function expectLegalHistory(deps: Pick<RunDeps, 'store'>, run: Run): Promise<void> {
  const events = await allEvents(deps, run);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => i + 1));
  const statuses = events.flatMap((event) => statusAfter[event.type] ?? []);
  expect(statuses.at(0)).toBe('QUEUED');
  expect(statuses.at(-1)).toBe(run.status);
  for (const [i, status] of statuses.slice(1).entries())
    expect(nextStatuses[statuses[i] ?? 'COMPLETED']).toContain(status);
  if (hasEnded(run)) expect(events.at(-1)?.type).toMatch(/^run\.(completed|failed|cancelled)$/);
  const decided = events.flatMap(({ type, data }) =>
    type === 'approval.decided' ? [data.approvalId] : [],
  );
  expect(decided).toEqual([...new Set(decided)]);
}

/** A call may run once for each time that a person let it, and once where nobody had to. */
export async function expectAllowedEffects(
  deps: Pick<RunDeps, 'store'>,
  run: Run,
  effects: readonly Effect[],
): Promise<void> {
  const events = await allEvents(deps, run);
  const own = effects.filter(({ tool, key }) => tool !== 'safe' && key.startsWith(run.id));
  for (const { tool, key } of new Map(own.map((effect) => [effect.key, effect])).values()) {
    const toolCallId = key.slice(run.id.length + 1);
    const approvals = events.filter(
      ({ type, data }) =>
        type === 'approval.decided' &&
        data.toolCallId === toolCallId &&
        data.decision === 'APPROVE',
    );
    const unasked = tool === 'risky' ? 1 : 0;
    const times = own.filter((effect) => effect.key === key).length;
    expect(times, `${key} ran`).toBeLessThanOrEqual(approvals.length + unasked);
  }
}

const isKept = (run: Run) => run.status === 'COMPLETED' || ('kept' in run && run.kept === true);

/**
 * A run goes on from the last one before it in its session that completed, or whose steps were kept.
 * Of a run that was deleted nobody can tell any more.
 */
export function expectSessionOrder(runs: readonly Run[]): void {
  for (const run of runs.filter((one) => one.status === 'COMPLETED')) {
    const before = runs
      .filter(
        (one) => one.orgId === run.orgId && one.sessionId === run.sessionId && one.turn < run.turn,
      )
      .filter(isKept)
      .sort((a, b) => a.turn - b.turn)
      .at(-1);
    if (run.base === null || runs.some(({ id }) => id === run.base?.runId))
      expect(run.base?.runId).toBe(before?.id);
  }
}

/**
 * One checkpoint a step, which together hold what the answer of a `workingAgent` tells: each call
 * that was asked for, once. Nobody must have read along: readers may be told of a step twice.
 */
export async function expectOneTranscript(
  deps: Parameters<typeof runCheckpoints>[0],
  run: Run,
): Promise<void> {
  if (run.status !== 'COMPLETED') return;
  const asked = run.messagePreview.split(' ').filter((word) => word !== '');
  const { content } = await loadValue(deps, run.output, RunOutput);
  const checkpoints = await runCheckpoints(deps, run, run.id);
  const calls = toolCallsOf(checkpoints.flatMap(({ appended }) => appended));

  expect(content.match(/\w+(?=: )/g) ?? []).toEqual(asked);
  expect(checkpoints.map(({ step }) => step)).toEqual(checkpoints.map((_, i) => i + 1));
  expect(checkpoints).toHaveLength(run.step);
  expect(calls.map(({ name }) => name)).toEqual(asked);
  const told = (await allEvents(deps, run)).flatMap(({ type, data }) =>
    type === 'tool.completed' ? [data.toolCallId] : [],
  );
  expect(told).toEqual([...new Set(told)]);
}
