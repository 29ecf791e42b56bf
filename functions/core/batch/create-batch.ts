import { earlierRequest, type IdempotencyClaim } from '../idempotency/idempotency.ts';
import type { RunDeps } from '../run/deps.ts';
import type { RunWebhook } from '../run/run.ts';
import { invalidInput, RunError } from '../run/run-error.ts';
import { BlobNotFound } from '../store/blob-store.ts';
import { TransactionConflict, type Write } from '../store/item-store.ts';
import { batchPrefixKey, uploadKey } from '../store/keys.ts';
import type { LargeBlobStore } from '../store/large-blob-store.ts';
import { checkWebhookUrl } from '../webhook/check-webhook-url.ts';
import { type Batch, type BatchDefaults, linesKey, noLines } from './batch.ts';
import { getBatch, toBatchItem } from './batch-repository.ts';
import type { BatchWorkflow } from './batch-workflow.ts';

/** Where the lines come from. */
export type BatchSource =
  | { readonly items: readonly unknown[] }
  /** Something that was uploaded; it becomes the batch, and so one batch only. */
  | { readonly uploadId: string }
  /** A blob of the tenant's that is there already. */
  | { readonly fileKey: string };

export interface CreateBatchCommand {
  readonly orgId: string;
  readonly userId: string;
  readonly principal: string;
  /** Whose credential it is: they may have no say in its runs. */
  readonly principalUserId: string | undefined;
  readonly agentId: string;
  readonly source: BatchSource;
  readonly defaults: BatchDefaults;
  /** Of each run. @default - nobody is told */
  readonly webhook?: RunWebhook | undefined;
  /** The caller's name for it: a batch of this name that is there is this batch. @default - none */
  readonly idempotencyPrefix?: string | undefined;
  readonly idempotency?: IdempotencyClaim | undefined;
}

export type CreateBatchDeps = Pick<
  RunDeps,
  'store' | 'blobs' | 'agents' | 'clock' | 'settings' | 'newId' | 'log'
> & { readonly files: LargeBlobStore; readonly batches: BatchWorkflow };

export interface CreatedBatch {
  readonly batch: Batch;
  /** It was there already. */
  readonly replayed: boolean;
}

const maxAttempts = 5;

/**
 * Makes a batch and has somebody work on it.
 * @throws RunError agent_not_found, invalid_input, invalid_webhook_url, idempotency_key_reused
 */
export async function createBatch(
  deps: CreateBatchDeps,
  command: CreateBatchCommand,
): Promise<CreatedBatch> {
  check(deps, command);
  const created = await storeBatch(deps, command);
  const { batch, replayed } = created;
  if (!replayed)
    await deps.batches.start({ orgId: batch.orgId, batchId: batch.id, attempt: batch.attempt });
  return created;
}

function check({ agents, settings }: CreateBatchDeps, command: CreateBatchCommand): void {
  const { agentId, orgId, webhook, source } = command;
  if (agents.find(agentId, orgId) === undefined)
    throw new RunError('agent_not_found', `There is no agent ${agentId}.`);
  if (webhook) checkWebhookUrl(webhook.url, { allowsLoopback: settings.webhooksToLoopback });
  if ('items' in source && source.items.length === 0)
    throw invalidInput([{ field: 'items', message: 'must have at least one item' }]);
}

async function storeBatch(deps: CreateBatchDeps, command: CreateBatchCommand) {
  const batchId = 'uploadId' in command.source ? command.source.uploadId : deps.newId();
  let fileKey: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const earlier = await earlierBatch(deps, command);
    if (earlier.batchId !== undefined) return found(deps, command.orgId, earlier.batchId);
    fileKey ??= await placeFile(deps, command, batchId);
    const batch = newBatch(deps, command, batchId, fileKey);
    try {
      await deps.store.transact([
        { put: toBatchItem(batch), when: { absent: true } },
        ...earlier.remember(batchId),
        ...takeUpload(command, batchId),
      ]);
      return { batch, replayed: false };
    } catch (error) {
      if (!(error instanceof TransactionConflict) || attempt === maxAttempts) throw error;
    }
  }
}

const found = async (deps: CreateBatchDeps, orgId: string, batchId: string) => ({
  batch: await getBatch(deps, { orgId, batchId }),
  replayed: true,
});

/** The batch that an earlier request made; else what remembers this one. */
async function earlierBatch(deps: CreateBatchDeps, command: CreateBatchCommand) {
  const { orgId, idempotency, idempotencyPrefix, source } = command;
  const claimed = await earlierRequest(deps, orgId, idempotency);
  if (claimed.runId !== undefined) return { batchId: claimed.runId, remember: () => [] };
  if ('uploadId' in source && (await isBatch(deps, orgId, source.uploadId)))
    return { batchId: source.uploadId, remember: () => [] };
  if (idempotencyPrefix === undefined) return { batchId: undefined, remember: claimed.remember };
  const key = batchPrefixKey(orgId, idempotencyPrefix);
  const named = await deps.store.get(key);
  const remember = (batchId: string): Write[] => [
    ...claimed.remember(batchId),
    { put: { ...key, value: { batchId } }, when: { absent: true } },
  ];
  return { batchId: named && `${named.value['batchId']}`, remember };
}

async function isBatch(deps: CreateBatchDeps, orgId: string, batchId: string): Promise<boolean> {
  try {
    await getBatch(deps, { orgId, batchId });
    return true;
  } catch (error) {
    if (error instanceof RunError) return false;
    throw error;
  }
}

/** @returns the key of the blob with the lines. @throws RunError invalid_input where there is none */
async function placeFile(
  { blobs, files, store }: CreateBatchDeps,
  { orgId, source }: CreateBatchCommand,
  batchId: string,
): Promise<string> {
  if ('items' in source) {
    const key = linesKey(orgId, batchId);
    const text = source.items.map((item) => `${JSON.stringify(item)}\n`).join('');
    await blobs.put(key, new TextEncoder().encode(text));
    return key;
  }
  const key = 'fileKey' in source ? source.fileKey : linesKey(orgId, batchId);
  if ('uploadId' in source && (await store.get(uploadKey({ orgId, batchId }))) === undefined)
    throw invalidInput([{ field: 'file', message: 'there is no such upload' }]);
  if (!key.startsWith(`${orgId}/`))
    throw invalidInput([{ field: 'file', message: 'is not of this organisation' }]);
  try {
    await files.getRange(key, 0, 1);
    return key;
  } catch (error) {
    if (!(error instanceof BlobNotFound)) throw error;
    throw invalidInput([{ field: 'file', message: 'nothing has been uploaded yet' }]);
  }
}

const takeUpload = ({ orgId, source }: CreateBatchCommand, batchId: string): Write[] =>
  'uploadId' in source ? [{ delete: uploadKey({ orgId, batchId }), when: { equals: {} } }] : [];

function newBatch(
  { clock, settings }: CreateBatchDeps,
  command: CreateBatchCommand,
  id: string,
  fileKey: string,
): Batch {
  const { orgId, userId, principal, principalUserId, agentId, defaults } = command;
  const { webhook, idempotencyPrefix } = command;
  const now = clock.now();
  return {
    ...{ id, orgId, userId, principal, principalUserId, agentId, fileKey, defaults },
    ...(webhook ? { webhook } : {}),
    ...(idempotencyPrefix === undefined ? {} : { idempotencyPrefix }),
    status: 'PLANNING',
    createdAt: now,
    version: 1,
    attempt: 1,
    wakeAt: now + settings.wakeSeconds * 1000,
    planned: { offset: 0, lines: 0, chunks: 0, runs: 0 },
    settledThrough: 0,
    counts: noLines,
    errors: [],
    told: 0,
    lastSeq: 0,
  };
}
