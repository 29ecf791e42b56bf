import * as z from 'zod';
import { RunFailureCode, RunStatus } from '../run/run.ts';

/** A run has another status: what the world outside is told. Never payloads. */
export const RunStatusChanged = z.object({
  runId: z.string(),
  orgId: z.string(),
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

/** Tells whoever listens outside: at least once, in no particular order. */
export interface RunBus {
  /** @returns those that were not taken, worth another try */
  publish(changes: readonly RunStatusChanged[]): Promise<readonly RunStatusChanged[]>;
}
