import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import type { DescribeApi } from '#api/open-api.ts';
import { approvalsOperations } from './approvals/operations.ts';
import type { operativusContract } from './contract.ts';
import { runsOperations } from './runs/operations.ts';
import { serviceOperations } from './service/operations.ts';
import { sessionsOperations } from './sessions/operations.ts';
import { streamOperations } from './stream/operations.ts';

export const operativusOperations = (
  deps: DialectDeps,
  describeApi: DescribeApi,
): Operations<typeof operativusContract> => ({
  ...serviceOperations(deps, describeApi),
  ...runsOperations(deps),
  ...streamOperations(deps),
  ...approvalsOperations(deps),
  ...sessionsOperations(deps),
});
