import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { AgentId } from '#core/tenant/ids.ts';
import { AgentRun } from '../runs/contract.ts';
import { pageOf, pageQuery } from '../wire.ts';

export const Session = z.object({
  id: z.string(),
  userId: z.string(),
  orgId: z.string(),
  /** Of its newest run. */
  agentId: z.string().nullable(),
  title: z.string().nullable(),
  sessionState: z.null(),
  createdAt: z.string(),
  updatedAt: z.string(),
  status: z.literal('ACTIVE'),
});

/** What cannot be a session is not found as one. */
const params = z.object({ sessionId: z.string().toLowerCase() });

export const sessionsContract = {
  listSessions: {
    method: 'GET',
    path: '/api/sessions',
    query: z.object({
      ...pageQuery,
      userId: z.string().max(256).optional(),
      agentId: AgentId.optional(),
    }),
    status: 200,
    response: pageOf(Session),
  },
  getSession: {
    method: 'GET',
    path: '/api/sessions/{sessionId}',
    params,
    status: 200,
    response: Session,
  },
  listSessionRuns: {
    method: 'GET',
    path: '/api/sessions/{sessionId}/runs',
    params,
    status: 200,
    response: z.array(AgentRun),
  },
  /** With its runs; those that live are cancelled. */
  deleteSession: {
    method: 'DELETE',
    path: '/api/sessions/{sessionId}',
    params,
    status: 204,
  },
} as const satisfies Contract;
