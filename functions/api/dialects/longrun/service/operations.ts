import type { Operations } from '#api/contract.ts';
import type { DescribeApi } from '#api/describe-api.ts';
import type { serviceContract } from './contract.ts';
import { firstPage, firstPageHeaders } from './first-page.ts';

export const serviceOperations = (
  describeApi: DescribeApi,
): Operations<typeof serviceContract> => ({
  firstPage: async () => ({ body: await firstPage(), headers: firstPageHeaders }),

  describeLongrun: async ({ baseUrl }) => ({ body: await describeApi(baseUrl) }),

  health: async () => ({ body: { status: 'healthy', store: 'durable', executor_stats: {} } }),
});
