import * as z from 'zod';

/** Somebody decided, or the tool's expiry policy did, that a call is made or that it is not. */
export const ApprovalDecided = z.object({
  type: z.literal('Approval Decided'),
  schemaVersion: z.literal(1),
  orgId: z.string(),
  runId: z.string(),
  agentId: z.string(),
  approvalId: z.string(),
  decision: z.enum(['APPROVE', 'REJECT']),
  by: z.string(),
  /** Number of the event of the run that says the same. */
  seq: z.number(),
  /** Epoch milliseconds. */
  at: z.number(),
});
