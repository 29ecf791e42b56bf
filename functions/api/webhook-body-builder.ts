import type { Run } from '#core/run/run.ts';
import type { ToldEvent } from '#core/webhook/deliver.ts';
import type { ViewDeps } from './dialect-deps.ts';

/** What a dialect tells a webhook of a run: plain JSON. */
export type WebhookBodyBuilder = (
  deps: ViewDeps,
  run: Run,
  event: ToldEvent,
  /** Where this service is reached, without a slash at the end. */
  baseUrl: string,
) => Promise<unknown>;
