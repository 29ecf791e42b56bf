import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { BatchDefaults, BatchStatus } from '#core/batch/batch.ts';
import { AgentId } from '#core/tenant/ids.ts';

const limitDefault = 20;
const limitMax = 100;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const BatchId = z.object({ batchId: z.string().transform((id) => id.toLowerCase()) });

const BatchRequest = z
  .object({
    agentId: AgentId,
    /** Each as a line of a file. */
    items: z.array(z.unknown()).optional(),
    /** The `id` of an upload. */
    file: z.string().toLowerCase().regex(uuid, 'must be the id of an upload').optional(),
    defaults: BatchDefaults.optional(),
    /** The caller's name for the batch: as long as there is the batch, it is made once. */
    idempotencyPrefix: z.string().min(1).max(256).optional(),
    /** Told of each run. */
    webhook: z.object({ url: z.string() }).optional(),
  })
  .refine(({ items, file }) => (items === undefined) !== (file === undefined), {
    error: 'must have either items or file',
  });

const ErrorView = z.object({
  line: z.number(),
  code: z.string(),
  message: z.string(),
  runId: z.string().optional(),
});

export const BatchView = z.object({
  id: z.string(),
  agentId: z.string(),
  status: BatchStatus,
  /** Of its runs, which can be listed by it. */
  groupId: z.string(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  /** Lines that are not blank; `null` until all of the file was read. */
  lines: z.number().nullable(),
  /** Of runs by their status, and of lines that became none. */
  counts: z.object({
    INVALID: z.number(),
    QUEUED: z.number(),
    RUNNING: z.number(),
    PAUSED: z.number(),
    COMPLETED: z.number(),
    FAILED: z.number(),
    CANCELLED: z.number(),
  }),
  /** How many of a hundred lines have ended. */
  percentage: z.number(),
  /** If it goes on as it did so far. */
  estimatedEndAt: z.string().nullable(),
  /** The first lines without an answer. */
  errors: z.array(ErrorView),
  /** Why it FAILED. */
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  links: z.object({ self: z.string(), results: z.string() }),
});

const ListQuery = z.object({
  limit: z.coerce.number().int().min(1).max(limitMax).default(limitDefault),
  cursor: z.string().regex(uuid, 'is not a cursor of this list').optional(),
});

export const batchContract = {
  createUpload: {
    method: 'POST',
    path: '/api/batches/uploads',
    body: z.object({}).optional(),
    status: 201,
    response: z.object({
      /** What `file` of a batch takes. */
      id: z.string(),
      url: z.string(),
      method: z.literal('PUT'),
      expiresAt: z.string(),
    }),
  },
  createBatch: {
    method: 'POST',
    path: '/api/batches',
    body: BatchRequest,
    status: 202,
    response: BatchView,
  },
  listBatches: {
    method: 'GET',
    path: '/api/batches',
    query: ListQuery,
    status: 200,
    response: z.object({ batches: z.array(BatchView), nextCursor: z.string().nullable() }),
  },
  getBatch: {
    method: 'GET',
    path: '/api/batches/{batchId}',
    params: BatchId,
    status: 200,
    response: BatchView,
  },
  cancelBatch: {
    method: 'POST',
    path: '/api/batches/{batchId}/cancel',
    params: BatchId,
    body: z.object({}).optional(),
    status: 202,
    response: BatchView,
  },
  getBatchResults: {
    method: 'GET',
    path: '/api/batches/{batchId}/results',
    params: BatchId,
    status: 200,
    response: z.object({
      url: z.string(),
      expiresAt: z.string(),
      /** Whether the batch has ended, and this is all of it. */
      complete: z.boolean(),
    }),
  },
} as const satisfies Contract;
