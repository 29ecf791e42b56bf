import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { RunMetadata } from '#core/run/run.ts';
import { CheckpointName, ThreadState } from '../threads/contract.ts';
import { CheckpointId, ThreadId } from '../wire-ids.ts';

const ofThread = z.object({ threadId: ThreadId });

const Configured = z.looseObject({ configurable: CheckpointName });

/** A checkpoint by its id, as a state names it, or as a configuration. */
const Before = z.union([
  CheckpointId,
  Configured.transform(({ configurable }) => configurable.checkpoint_id),
  CheckpointName.transform(({ checkpoint_id }) => checkpoint_id),
]);

const WrittenCheckpoint = z.object({
  thread_id: z.string(),
  checkpoint_ns: z.string(),
  checkpoint_id: z.string(),
});

export const stateContract = {
  getState: {
    method: 'GET',
    path: '/threads/{threadId}/state',
    params: ofThread,
    status: 200,
    response: ThreadState,
  },
  getStateAt: {
    method: 'GET',
    path: '/threads/{threadId}/state/{checkpointId}',
    params: ofThread.extend({ checkpointId: CheckpointId }),
    status: 200,
    response: ThreadState,
  },
  getStateAtCheckpoint: {
    method: 'POST',
    path: '/threads/{threadId}/state/checkpoint',
    params: ofThread,
    body: z.object({ checkpoint: CheckpointName }),
    status: 200,
    response: ThreadState,
  },
  updateState: {
    method: 'POST',
    path: '/threads/{threadId}/state',
    params: ofThread,
    body: z.object({
      values: z.union([RunMetadata, z.array(RunMetadata)]).nullish(),
      as_node: z.string().max(256).nullish(),
      checkpoint: CheckpointName.nullish(),
      checkpoint_id: CheckpointId.nullish(),
    }),
    status: 200,
    response: z.object({
      checkpoint: WrittenCheckpoint,
      configurable: WrittenCheckpoint,
      checkpoint_id: z.string(),
    }),
  },
  getHistory: {
    method: 'POST',
    path: '/threads/{threadId}/history',
    params: ofThread,
    body: z
      .object({
        limit: z.int().min(1).max(1000).default(10),
        before: Before.nullish(),
        metadata: RunMetadata.nullish(),
        checkpoint: CheckpointName.nullish(),
      })
      .default({ limit: 10 }),
    status: 200,
    response: z.array(ThreadState),
  },
} as const satisfies Contract;
