import * as z from 'zod';
import type { Contract } from '#api/contract.ts';

/*
 * Pages for people who have a link and no credential. To look decides nothing: previews, scanners and
 * prefetching browsers look too. Only what the form sends does.
 */

export const Choice = z.enum(['APPROVE', 'REJECT']);

const page = { contentType: 'text/html; charset=utf-8', status: 200, open: true } as const;
const Token = z.object({ token: z.string().max(1024) });

export const approvalPageContract = {
  showApproval: {
    method: 'GET',
    path: '/approvals/{token}',
    params: Token,
    /** Which choice is offered first. */
    query: z.object({ decision: Choice.optional().catch(undefined) }),
    ...page,
  },
  decideByLink: {
    method: 'POST',
    path: '/approvals/{token}',
    params: Token,
    body: z.object({ decision: Choice, reason: z.string().max(4000).optional() }),
    form: true,
    ...page,
  },
} as const satisfies Contract;
