import type { WebhookBodyBuilder } from '#api/webhook-body-builder.ts';
import { toDetail } from './views.ts';

/** What happened, and the run as it is now. */
export const longrunWebhook: WebhookBodyBuilder = async (deps, run, event, baseUrl) => ({
  type: event.type,
  timestamp: new Date(event.at).toISOString(),
  data: await toDetail(deps, run, baseUrl),
});
