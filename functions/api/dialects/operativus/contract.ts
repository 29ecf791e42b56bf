import type { Contract } from '#api/contract.ts';
import { approvalsContract } from './approvals/contract.ts';
import { runsContract } from './runs/contract.ts';
import { serviceContract } from './service/contract.ts';
import { sessionsContract } from './sessions/contract.ts';
import { streamContract } from './stream/contract.ts';

/** The documented pages, and what Operativus' own client calls beside them. */
export const operativusContract = {
  ...serviceContract,
  ...runsContract,
  ...streamContract,
  ...approvalsContract,
  ...sessionsContract,
} as const satisfies Contract;
