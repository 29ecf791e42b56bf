import type * as z from 'zod';
import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { pauseQueue, resumeQueue } from '#core/queue/pause-queue.ts';
import { queueState } from '#core/queue/queue-state.ts';
import { findAgent } from '#core/run/submit-run.ts';
import type { queueContract } from './contract.ts';

type QueueView = z.input<typeof queueContract.getQueue.response>;

export const queueOperations = (deps: DialectDeps): Operations<typeof queueContract> => ({
  getQueue: async ({ principal }) => ({ body: await toQueueView(deps, principal.orgId) }),

  pauseQueue: async ({ principal: { orgId }, body }) => {
    const agentId = body?.agentId;
    // A pause that meets nobody would be noticed too late.
    if (agentId !== undefined) findAgent(deps, { orgId, agentId });
    await pauseQueue(deps, orgId, agentId);
    return { body: await toQueueView(deps, orgId) };
  },

  resumeQueue: async ({ principal, body }) => {
    await resumeQueue(deps, principal.orgId, body?.agentId);
    return { body: await toQueueView(deps, principal.orgId) };
  },
});

async function toQueueView(deps: DialectDeps, orgId: string): Promise<QueueView> {
  const { control, runs, slots, held, waiting, paused } = await queueState(deps, orgId);
  const { limits, draining, pausedAgents } = control;
  return {
    runs,
    slots: { ...slots, held },
    waiting,
    held: paused,
    paused: { service: draining, organisation: control.paused, agents: pausedAgents },
    limits: {
      running: slots.limit,
      queued: limits.queued ?? null,
      submitsPerMinute: limits.submitsPerMinute ?? null,
    },
  };
}
