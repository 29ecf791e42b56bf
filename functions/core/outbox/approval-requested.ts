import * as z from 'zod';

/** A run waits for a decision on a call. Not with what: arguments are the run's business. */
export const ApprovalRequested = z.object({
  type: z.literal('Approval Requested'),
  schemaVersion: z.literal(1),
  orgId: z.string(),
  runId: z.string(),
  agentId: z.string(),
  approvalId: z.string(),
  tool: z.string(),
  /** Number of the event of the run that says the same. */
  seq: z.number(),
  /** Epoch milliseconds. */
  requestedAt: z.number(),
  expiresAt: z.number(),
});
