import * as z from 'zod';

const Name = z.string().min(1);
const baseUrl = z.url().transform((url) => url.replace(/\/+$/, ''));

/** What the stacks tell their functions; each function is told only what it needs, and reads only that. */
export const functionEnvironment = {
  runTableName: () => read('RUN_TABLE_NAME', Name),
  idempotencyTableName: () => read('IDEMPOTENCY_TABLE_NAME', Name),
  blobBucketName: () => read('BLOB_BUCKET_NAME', Name),
  runQueueUrl: () => read('RUN_QUEUE_URL', z.url()),
  webhookQueueUrl: () => read('WEBHOOK_QUEUE_URL', z.url()),
  webhooksToLoopback: () => read('WEBHOOKS_TO_LOOPBACK', z.stringbool().default(false)),
  stateMachineArn: () => read('STATE_MACHINE_ARN', z.string().startsWith('arn:')),
  batchMachineArn: () => read('BATCH_MACHINE_ARN', z.string().startsWith('arn:')),
  busName: () => read('BUS_NAME', Name),
  retentionDays: () => read('RETENTION_DAYS', z.coerce.number().positive()),
  slotsPerTenant: () => read('SLOTS_PER_TENANT', z.coerce.number().int().positive()),
  responseMode: () => read('RESPONSE_MODE', z.enum(['streaming', 'buffered'])),
  publicBaseUrl: () => read('PUBLIC_BASE_URL', baseUrl.optional()),
  defaultAgent: () => read('DEFAULT_AGENT', Name.optional()),
  modelKeysSecretArn: () => read('MODEL_KEYS_SECRET_ARN', z.string().startsWith('arn:').optional()),
  logLevel: () => read('LOG_LEVEL', z.enum(['info', 'warn', 'error']).default('info')),
};

/** @throws Error naming the variable */
function read<T>(variable: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(process.env[variable]);
  if (!result.success) throw new Error(`${variable}: ${z.prettifyError(result.error)}`);
  return result.data;
}
