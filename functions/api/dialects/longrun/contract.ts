import type { Contract } from '#api/contract.ts';
import { approvalsContract } from './approvals/contract.ts';
import { batchContract } from './batches/contract.ts';
import { queueContract } from './queue/contract.ts';
import { runsContract } from './runs/contract.ts';
import { scheduleContract } from './schedules/contract.ts';
import { serviceContract } from './service/contract.ts';
import { webhookContract } from './webhooks/contract.ts';

/** Longrun's own paths: what none of the published dialects has. */
export const longrunContract = {
  ...serviceContract,
  ...runsContract,
  ...queueContract,
  ...batchContract,
  ...approvalsContract,
  ...scheduleContract,
  ...webhookContract,
} as const satisfies Contract;
