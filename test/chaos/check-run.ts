import { expect } from 'vitest';
import { type Run, type RunIn, RunOutput } from '#core/run/run.ts';
import { runCheckpoints } from '#core/session/checkpoints.ts';
import { toolCallsOf } from '#core/session/transcript.ts';
import { loadValue } from '#core/store/stored-value.ts';
import { allEvents, expectAllowedEffects, expectLegalHistory } from '../core/legal-history.ts';
import type { ChaosWorld } from './chaos-world.ts';
import type { Clients } from './clients.ts';

/** One checkpoint a step, which together hold what the answer tells: each call that was asked for, once. */
async function checkTranscript({ deps }: ChaosWorld, run: RunIn<'COMPLETED'>): Promise<void> {
  const asked = run.messagePreview.split(' ').filter((word) => word !== '');
  const { content } = await loadValue(deps, run.output, RunOutput);
  const checkpoints = await runCheckpoints(deps, run, run.id);
  const calls = toolCallsOf(checkpoints.flatMap(({ appended }) => appended));

  expect(content.match(/\w+(?=: )/g) ?? []).toEqual(asked);
  expect(checkpoints.map(({ step }) => step)).toEqual(checkpoints.map((_, i) => i + 1));
  expect(checkpoints).toHaveLength(run.step);
  expect(calls.map(({ name }) => name)).toEqual(asked);
}

/** What holds of a run that has ended, whatever went wrong on the way. */
export async function checkRun(world: ChaosWorld, clients: Clients, run: Run): Promise<void> {
  await expectLegalHistory(world.deps, run);
  await expectAllowedEffects(world.deps, run, world.effects);
  const told = world.told.filter(({ runId }) => runId === run.id).map(({ status }) => status);
  expect(told).toContain(run.status);
  if (run.status === 'COMPLETED') await checkTranscript(world, run);
  const events = await allEvents(world.deps, run);
  const approved = new Set<string>();
  for (const { type, data } of events) {
    // Who was told that theirs is the decision was told the truth, and nobody else was told so.
    if (type === 'approval.decided' && data.decidedBy !== 'system:expiry')
      expect([[], [data.decidedBy]]).toContainEqual(clients.deciders.get(data.approvalId) ?? []);
    // No decision is forgotten: what was approved is asked for again only after it was cut off.
    if (type === 'approval.requested' && approved.has(data.toolCallId))
      expect(data.reason).toContain('interrupted');
    if (type === 'approval.decided' && data.decision === 'APPROVE') approved.add(data.toolCallId);
  }
}
