import * as z from 'zod';
import type { Contract } from '#api/contract.ts';

export const serviceContract = {
  firstPage: {
    method: 'GET',
    path: '/',
    status: 200,
    contentType: 'text/html; charset=utf-8',
    open: true,
  },
  health: {
    method: 'GET',
    path: '/health',
    status: 200,
    /** Clients of PraisonAI read the last two there. */
    response: z.object({
      status: z.literal('healthy'),
      store: z.literal('durable'),
      executor_stats: z.object({}),
    }),
    open: true,
  },
  describeLongrun: {
    method: 'GET',
    path: '/openapi.json',
    status: 200,
    response: z.record(z.string(), z.unknown()),
    open: true,
  },
} as const satisfies Contract;
