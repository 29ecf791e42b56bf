import type { IdempotencyClaim } from '#core/idempotency/idempotency.ts';
import type { Principal } from '#core/tenant/principal.ts';
import type { RunRequest } from './runs-contract.ts';

export interface StartRequest {
  /** @default - a thread of its own */
  readonly threadId: string | undefined;
  readonly body: RunRequest;
  readonly principal: Principal;
  readonly idempotency: IdempotencyClaim | undefined;
  /** Whether its caller waits: it is started at once, where its turn and a slot are there. */
  readonly isAwaited: boolean;
}
