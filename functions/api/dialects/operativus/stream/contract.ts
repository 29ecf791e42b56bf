import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { WireRunId } from '#api/wire-id.ts';
import { agentParams, RunRequest } from '../runs/contract.ts';

export const streamContract = {
  streamRun: {
    method: 'POST',
    path: '/api/agents/{agentId}/runs/stream',
    params: agentParams,
    body: RunRequest,
    status: 200,
    contentType: 'text/event-stream',
    long: true,
  },
  followTimeline: {
    method: 'GET',
    path: '/api/v1/runs/{runId}/events',
    params: z.object({ runId: WireRunId }),
    /** The last id that was seen; a negative one stands for all that there is. */
    query: z.object({ sinceId: z.coerce.number().int().default(0) }),
    status: 200,
    contentType: 'text/event-stream',
    long: true,
  },
} as const satisfies Contract;
