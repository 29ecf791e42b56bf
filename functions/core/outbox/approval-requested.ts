import * as z from 'zod';
import { ApprovalLinks } from '../approval/approval-links.ts';

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
  /** Numbers what is told of the run: 1, 2, 3 … without a gap. */
  change: z.number(),
  /** Epoch milliseconds. */
  requestedAt: z.number(),
  expiresAt: z.number(),
  /** Only where the service knows how it is reached. */
  links: ApprovalLinks.optional(),
});
