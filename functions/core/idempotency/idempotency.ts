import * as z from 'zod';
import type { RunDeps } from '../run/deps.ts';
import { RunError } from '../run/run-error.ts';
import type { Write } from '../store/item-store.ts';
import { idempotencyKey } from '../store/keys.ts';

/** A caller's promise that all requests with this key are one request. */
export interface IdempotencyClaim {
  /** The operation, so that the same key on another is another key. */
  readonly route: string;
  readonly key: string;
  /** Of the whole request: a key used for another request is refused. */
  readonly fingerprint: string;
}

const IdempotencyRecord = z.object({
  fingerprint: z.string(),
  runId: z.string(),
  /** Epoch milliseconds. */
  expiresAt: z.number(),
});

export interface EarlierRequest {
  /** The run that the first request made; `undefined` where there was no first request. */
  readonly runId: string | undefined;
  /** What the transaction of the first request has to write. */
  remember(runId: string): Write[];
}

const nothing: EarlierRequest = { runId: undefined, remember: () => [] };

/** @throws RunError idempotency_key_reused */
export async function earlierRequest(
  deps: Pick<RunDeps, 'store' | 'clock' | 'log' | 'settings'>,
  orgId: string,
  claim: IdempotencyClaim | undefined,
): Promise<EarlierRequest> {
  if (claim === undefined) return nothing;
  const key = idempotencyKey(orgId, claim.route, claim.key);
  const item = await deps.store.get(key);
  const record = item && IdempotencyRecord.parse(item.value);
  const now = deps.clock.now();
  if (record && record.expiresAt > now) {
    if (record.fingerprint !== claim.fingerprint)
      throw new RunError(
        'idempotency_key_reused',
        `Idempotency-Key ${claim.key} was used for another request.`,
        { runId: record.runId },
      );
    return { ...nothing, runId: record.runId };
  }
  const expiresAt = now + deps.settings.idempotencySeconds * 1000;
  return {
    runId: undefined,
    remember: (runId) => [
      {
        put: { ...key, value: { fingerprint: claim.fingerprint, runId, expiresAt }, expiresAt },
        when: record ? { equals: { expiresAt: record.expiresAt } } : { absent: true },
      },
    ],
  };
}
