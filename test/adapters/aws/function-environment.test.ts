import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { functionEnvironment } from '#adapters/aws/function-environment.ts';

/** Tells a function one variable, or takes it away. */
function tell(variable: string, value: string | undefined): void {
  vi.stubEnv(variable, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

const stateMachineArn = 'arn:aws:states:eu-central-1:123456789012:stateMachine:Lifecycle';
const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/runs';

describe('the environment of a function', () => {
  it.each([
    ['RUN_TABLE_NAME', functionEnvironment.runTableName, 'runs', 'runs'],
    ['IDEMPOTENCY_TABLE_NAME', functionEnvironment.idempotencyTableName, 'keys', 'keys'],
    ['BLOB_BUCKET_NAME', functionEnvironment.blobBucketName, 'blobs', 'blobs'],
    ['RUN_QUEUE_URL', functionEnvironment.runQueueUrl, queueUrl, queueUrl],
    ['STATE_MACHINE_ARN', functionEnvironment.stateMachineArn, stateMachineArn, stateMachineArn],
    ['BUS_NAME', functionEnvironment.busName, 'bus', 'bus'],
    ['RETENTION_DAYS', functionEnvironment.retentionDays, '30', 30],
    ['RETENTION_DAYS', functionEnvironment.retentionDays, '0.5', 0.5],
    ['SLOTS_PER_TENANT', functionEnvironment.slotsPerTenant, '100', 100],
    ['RESPONSE_MODE', functionEnvironment.responseMode, 'streaming', 'streaming'],
    ['RESPONSE_MODE', functionEnvironment.responseMode, 'buffered', 'buffered'],
    ['PUBLIC_BASE_URL', functionEnvironment.publicBaseUrl, 'https://a.b/c', 'https://a.b/c'],
    ['PUBLIC_BASE_URL', functionEnvironment.publicBaseUrl, 'https://a.b/c//', 'https://a.b/c'],
    ['PUBLIC_BASE_URL', functionEnvironment.publicBaseUrl, undefined, undefined],
    ['LOG_LEVEL', functionEnvironment.logLevel, 'warn', 'warn'],
    ['LOG_LEVEL', functionEnvironment.logLevel, undefined, 'info'],
  ])('says with %s %o as %j what is %j', (variable, read, text, value) => {
    tell(variable, text);

    expect(read()).toBe(value);
  });

  it.each([
    ['RUN_TABLE_NAME', functionEnvironment.runTableName, undefined],
    ['RUN_TABLE_NAME', functionEnvironment.runTableName, ''],
    ['IDEMPOTENCY_TABLE_NAME', functionEnvironment.idempotencyTableName, undefined],
    ['BLOB_BUCKET_NAME', functionEnvironment.blobBucketName, undefined],
    ['RUN_QUEUE_URL', functionEnvironment.runQueueUrl, undefined],
    ['RUN_QUEUE_URL', functionEnvironment.runQueueUrl, 'runs'],
    ['STATE_MACHINE_ARN', functionEnvironment.stateMachineArn, 'Lifecycle'],
    ['BUS_NAME', functionEnvironment.busName, ''],
    ['RETENTION_DAYS', functionEnvironment.retentionDays, undefined],
    ['RETENTION_DAYS', functionEnvironment.retentionDays, ''],
    ['RETENTION_DAYS', functionEnvironment.retentionDays, '-1'],
    ['RETENTION_DAYS', functionEnvironment.retentionDays, 'a month'],
    ['SLOTS_PER_TENANT', functionEnvironment.slotsPerTenant, undefined],
    ['SLOTS_PER_TENANT', functionEnvironment.slotsPerTenant, '0'],
    ['SLOTS_PER_TENANT', functionEnvironment.slotsPerTenant, '1.5'],
    ['RESPONSE_MODE', functionEnvironment.responseMode, 'chunked'],
    ['PUBLIC_BASE_URL', functionEnvironment.publicBaseUrl, 'example'],
    ['LOG_LEVEL', functionEnvironment.logLevel, 'loud'],
  ])('names %s where %o finds it to be %j', (variable, read, text) => {
    tell(variable, text);

    expect(read).toThrow(new RegExp(`^${variable}: `));
  });
});
