import * as z from 'zod';

const Counts = z.object({
  invalid: z.number(),
  completed: z.number(),
  failed: z.number(),
  cancelled: z.number(),
});

const told = {
  schemaVersion: z.literal(1),
  orgId: z.string(),
  batchId: z.string(),
  agentId: z.string(),
  /** Orders the events of one batch. */
  seq: z.number(),
  /** Epoch milliseconds. */
  at: z.number(),
  /** Lines of the file that are not blank. */
  lines: z.number(),
  counts: Counts,
};

/** All lines of a batch have ended, it was cancelled, or its file cannot be read. */
export const BatchCompleted = z.object({
  type: z.literal('Agent Run Batch Completed'),
  status: z.enum(['COMPLETED', 'CANCELLED', 'FAILED']),
  ...told,
});

/** Another tenth of the lines of a batch has ended. */
export const BatchProgressed = z.object({
  type: z.literal('Batch Progressed'),
  percentage: z.number(),
  ...told,
});
