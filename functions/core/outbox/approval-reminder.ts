import * as z from 'zod';
import { ApprovalLinks } from '../approval/approval-links.ts';

/** A run has waited for a decision as long as its tool says that a reminder is due. Told once. */
export const ApprovalReminder = z.object({
  type: z.literal('Approval Reminder'),
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
  at: z.number(),
  expiresAt: z.number(),
  /** Only where the service knows how it is reached. */
  links: ApprovalLinks.optional(),
});
