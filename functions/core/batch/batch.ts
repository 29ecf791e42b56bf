import * as z from 'zod';
import { RunContext } from '../run/agents.ts';
import { RunMetadata, RunWebhook } from '../run/run.ts';
import { RunPriority } from '../run/run-priority.ts';

/** `CANCELLING`: nothing more is submitted, and what runs is being cancelled. */
export const BatchStatus = z.enum([
  'PLANNING',
  'RUNNING',
  'CANCELLING',
  'COMPLETED',
  'CANCELLED',
  'FAILED',
]);
export type BatchStatus = z.infer<typeof BatchStatus>;

export const BatchOptions = z.strictObject({
  model: z.string().min(1).max(256).optional(),
  temperature: z.number().min(0).max(2).optional(),
  maxTokens: z.int().min(1).optional(),
});

/** What holds for every line that says nothing else. */
export const BatchDefaults = z.strictObject({
  userId: z.string().min(1).max(256).optional(),
  options: BatchOptions.optional(),
  /** @default low */
  priority: RunPriority.optional(),
  context: RunContext.optional(),
  metadata: RunMetadata.optional(),
  generateFollowups: z.boolean().optional(),
  timeoutSeconds: z.int().min(1).optional(),
});
export type BatchDefaults = z.infer<typeof BatchDefaults>;

/** What became of a line that has no answer. */
export const LineError = z.object({
  /** From 1. */
  line: z.number(),
  code: z.string(),
  message: z.string(),
  /** Where the line became a run. */
  runId: z.string().optional(),
});
export type LineError = z.infer<typeof LineError>;

export const LineCounts = z.object({
  /** Lines that are no request; they became no run. */
  invalid: z.number(),
  COMPLETED: z.number(),
  FAILED: z.number(),
  CANCELLED: z.number(),
});
export type LineCounts = z.infer<typeof LineCounts>;

export const noLines: LineCounts = { invalid: 0, COMPLETED: 0, FAILED: 0, CANCELLED: 0 };

export const addCounts = (a: LineCounts, b: LineCounts): LineCounts => ({
  invalid: a.invalid + b.invalid,
  COMPLETED: a.COMPLETED + b.COMPLETED,
  FAILED: a.FAILED + b.FAILED,
  CANCELLED: a.CANCELLED + b.CANCELLED,
});

export const sumOf = ({ invalid, COMPLETED, FAILED, CANCELLED }: LineCounts) =>
  invalid + COMPLETED + FAILED + CANCELLED;

export const errorsKept = 20;

/** Many runs of one agent that were submitted together: a file of JSON lines, each a run. */
export const Batch = z.object({
  id: z.string(),
  orgId: z.string(),
  userId: z.string(),
  principal: z.string(),
  /** Whose credential it was; unknown of a batch that is older than this field. */
  principalUserId: z.string().optional(),
  agentId: z.string(),
  status: BatchStatus,
  /** Of the blob that holds the lines. */
  fileKey: z.string(),
  defaults: BatchDefaults,
  /** Of each of its runs. */
  webhook: RunWebhook.optional(),
  idempotencyPrefix: z.string().optional(),
  createdAt: z.number(),
  /** Raised by every write; each write is conditional on the one before. */
  version: z.number(),
  /** Times that somebody was told to work on it. */
  attempt: z.number(),
  /** When the sweeper has somebody work on it if it has not moved on. */
  wakeAt: z.number(),
  /** How far the file has been cut into chunks. */
  planned: z.object({
    offset: z.number(),
    lines: z.number(),
    chunks: z.number(),
    runs: z.number(),
  }),
  /** All chunks up to this number have settled, and are counted in `counts`. */
  settledThrough: z.number(),
  counts: LineCounts,
  /** The first ones of the chunks that have settled. */
  errors: z.array(LineError),
  /** Percentage that was told last. */
  told: z.number(),
  /** Number of the newest event. */
  lastSeq: z.number(),
  cancelled: z.object({ at: z.number(), by: z.string() }).optional(),
  failure: z.object({ code: z.string(), message: z.string() }).optional(),
  endedAt: z.number().optional(),
  /** When it is deleted with its file and its results. */
  expiresAt: z.number().optional(),
});
export type Batch = z.infer<typeof Batch>;

/** A part of the file that is submitted in one go. */
export const Chunk = z.object({
  /** From 1. */
  number: z.number(),
  /** Bytes in the file. */
  offset: z.number(),
  length: z.number(),
  firstLine: z.number(),
  /** Lines in it, blank ones included. */
  lines: z.number(),
  /** Lines that were submitted or refused. */
  done: z.number(),
  /** Lines, of those that are done, whose runs have ended; they are in `counts`. */
  settled: z.number(),
  counts: LineCounts,
  /** The lines that are no request. */
  refused: z.array(LineError),
  /** The first runs that failed. */
  failures: z.array(LineError),
});
export type Chunk = z.infer<typeof Chunk>;

export const hasEnded = ({ status }: Batch) =>
  status === 'COMPLETED' || status === 'CANCELLED' || status === 'FAILED';

/** A batch is a group: its runs can be listed and counted as one. */
export const groupOf = (batchId: string) => `batch:${batchId}`;

export const linesKey = (orgId: string, batchId: string) => `${orgId}/${batchId}/lines.jsonl`;
export const resultsKey = (orgId: string, batchId: string) => `${orgId}/${batchId}/results.jsonl`;
/** Of a batch that has not ended. */
export const partialResultsKey = (orgId: string, batchId: string) =>
  `${orgId}/${batchId}/results-so-far.jsonl`;
