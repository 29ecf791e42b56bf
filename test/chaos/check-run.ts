import { expect } from 'vitest';
import type { Run } from '#core/run/run.ts';
import {
  allEvents,
  expectAllowedEffects,
  expectLegalHistory,
  expectOneTranscript,
} from '../core/legal-history.ts';
import type { ChaosWorld } from './chaos-world.ts';
import type { Clients } from './clients.ts';

/** What holds of a run that has ended, whatever went wrong on the way. */
export async function checkRun(world: ChaosWorld, clients: Clients, run: Run): Promise<void> {
  await expectLegalHistory(world.deps, run);
  await expectAllowedEffects(world.deps, run, world.effects);
  const told = world.told.filter(({ runId }) => runId === run.id).map(({ status }) => status);
  expect(told).toContain(run.status);
  await expectOneTranscript(world.deps, run);
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
