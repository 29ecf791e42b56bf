import * as z from 'zod';
import type { Contract } from '#api/contract.ts';
import { AgentId } from '#core/tenant/ids.ts';

const Agent = z.object({
  agentId: z.string(),
  name: z.string(),
  description: z.string(),
  model: z.string(),
  tools: z.array(z.string()),
  instructions: z.string(),
  isTeam: z.boolean(),
  active: z.boolean(),
});

/** What its client asks for before and beside runs. */
export const serviceContract = {
  listAgents: {
    method: 'GET',
    path: '/api/agents',
    /** All of ours are active. */
    query: z.object({ includeInactive: z.string().optional() }),
    status: 200,
    response: z.array(Agent),
  },
  getAgent: {
    method: 'GET',
    path: '/api/agents/{agentId}',
    params: z.object({ agentId: AgentId }),
    status: 200,
    response: Agent,
  },
  listTools: {
    method: 'GET',
    path: '/api/tools',
    status: 200,
    response: z.array(
      z.object({ id: z.string(), label: z.string(), desc: z.string(), category: z.string() }),
    ),
  },
  logIn: {
    method: 'POST',
    path: '/api/auth/login',
    body: z.object({ username: z.string().max(256), password: z.string().max(1024) }),
    status: 200,
    response: z.object({
      token: z.string(),
      type: z.literal('Bearer'),
      id: z.string(),
      username: z.string(),
      email: z.string(),
      roles: z.array(z.string()),
    }),
    open: true,
  },
  /** The keys of model providers are the operator's, and not for callers to see. */
  listProviderCredentials: {
    method: 'GET',
    path: '/api/v1/provider-credentials',
    status: 200,
    response: z.array(z.never()),
  },
  serviceHealth: {
    method: 'GET',
    path: '/api/v1/health',
    status: 200,
    response: z.object({ status: z.literal('UP') }),
    open: true,
  },
  describeApi: {
    method: 'GET',
    path: '/v3/api-docs',
    status: 200,
    response: z.record(z.string(), z.unknown()),
    open: true,
  },
} as const satisfies Contract;
