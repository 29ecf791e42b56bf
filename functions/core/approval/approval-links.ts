import * as z from 'zod';

/** Where somebody who has one of these decides; each page has both choices. */
export const ApprovalLinks = z.object({
  review: z.string(),
  approve: z.string(),
  reject: z.string(),
});
export type ApprovalLinks = z.infer<typeof ApprovalLinks>;
