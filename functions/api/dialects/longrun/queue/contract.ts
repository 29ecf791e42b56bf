import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { AgentId } from '#core/tenant/ids.ts';

const Counts = z.object({ high: z.number(), normal: z.number(), low: z.number() });

const QueueView = z.object({
  /** How many runs wait, run, or wait for a decision. */
  runs: z.object({ QUEUED: z.number(), RUNNING: z.number(), PAUSED: z.number() }),
  /** What may run at the same time, and what is held of it; `reserved` is not for low priority. */
  slots: z.object({ limit: z.number(), reserved: z.number(), held: Counts }),
  /** Queued runs that found no slot, each counted to 1,000. */
  waiting: Counts,
  /** Queued runs of what is paused, counted to 1,000. */
  held: z.number(),
  paused: z.object({
    /** The operator starts nothing of anybody's. */
    service: z.boolean(),
    organisation: z.boolean(),
    agents: z.array(z.string()),
  }),
  /** `null`: not limited. */
  limits: z.object({
    running: z.number(),
    queued: z.number().nullable(),
    submitsPerMinute: z.number().nullable(),
  }),
});

/** All of the organisation, or one agent of it. */
const PauseRequest = z.object({ agentId: AgentId.optional() }).optional();

export const queueContract = {
  getQueue: { method: 'GET', path: '/api/queue', status: 200, response: QueueView },
  pauseQueue: {
    method: 'POST',
    path: '/api/queue/pause',
    body: PauseRequest,
    status: 200,
    response: QueueView,
  },
  resumeQueue: {
    method: 'POST',
    path: '/api/queue/resume',
    body: PauseRequest,
    status: 200,
    response: QueueView,
  },
} as const satisfies Contract;
