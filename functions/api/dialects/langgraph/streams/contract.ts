import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { mediaIn, ofRun, RunRequest } from '../runs/contract.ts';
import { RunId, ThreadId } from '../wire-ids.ts';
import { StreamModesParameter } from './stream-mode.ts';

/* https://docs.langchain.com/langsmith/server-api-ref: Stream Output, Join Run Stream. */

const JoinQuery = z.object({
  stream_mode: StreamModesParameter,
  /** An SDK writes 1, another true. */
  cancel_on_disconnect: z
    .string()
    .transform((flag) => flag === '1' || flag.toLowerCase() === 'true')
    .default(false),
});

const stream = { status: 200, contentType: 'text/event-stream', long: true } as const;
const create = { ...stream, body: RunRequest, mediaIn } as const;
const join = { ...stream, query: JoinQuery, repeated: ['stream_mode'] } as const;

export const streamsContract = {
  streamRun: {
    ...create,
    method: 'POST',
    path: '/threads/{threadId}/runs/stream',
    params: z.object({ threadId: ThreadId }),
  },
  streamStatelessRun: {
    ...create,
    method: 'POST',
    path: '/runs/stream',
  },
  joinRunStream: {
    ...join,
    method: 'GET',
    path: '/threads/{threadId}/runs/{runId}/stream',
    params: ofRun,
  },
  joinStatelessRunStream: {
    ...join,
    method: 'GET',
    path: '/runs/{runId}/stream',
    params: z.object({ runId: RunId }),
  },
} as const satisfies Contract;
