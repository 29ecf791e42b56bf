import type { Operations } from '#api/contract.ts';
import type { DescribeApi } from '#api/describe-api.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import { approvalsOperations } from './approvals/operations.ts';
import { batchOperations } from './batches/operations.ts';
import type { longrunContract } from './contract.ts';
import { queueOperations } from './queue/operations.ts';
import { runsOperations } from './runs/operations.ts';
import { scheduleOperations } from './schedules/operations.ts';
import { serviceOperations } from './service/operations.ts';
import { webhookOperations } from './webhooks/operations.ts';

export const longrunOperations = (
  deps: DialectDeps,
  describeApi: DescribeApi,
): Operations<typeof longrunContract> => ({
  ...serviceOperations(describeApi),
  ...runsOperations(deps),
  ...queueOperations(deps),
  ...batchOperations(deps),
  ...approvalsOperations(deps),
  ...scheduleOperations(deps),
  ...webhookOperations(deps),
});
