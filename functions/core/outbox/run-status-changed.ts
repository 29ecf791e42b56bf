import * as z from 'zod';
import { RunFailureCode, RunStatus } from '../run/run.ts';

/** A run has another status. Never payloads. */
export const RunStatusChanged = z.object({
  type: z.literal('Agent Run Status Changed'),
  schemaVersion: z.literal(1),
  orgId: z.string(),
  runId: z.string(),
  userId: z.string(),
  agentId: z.string(),
  sessionId: z.string(),
  /** Number of the event of the run that says the same; orders the changes of one run. */
  seq: z.number(),
  /** Epoch milliseconds. */
  at: z.number(),
  /** `null` for a run that was submitted just now. */
  previousStatus: RunStatus.nullable(),
  status: RunStatus,
  /** Only of a failed run. */
  errorCode: RunFailureCode.optional(),
});
export type RunStatusChanged = z.infer<typeof RunStatusChanged>;
