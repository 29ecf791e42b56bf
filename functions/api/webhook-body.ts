import type { WebhookBody } from '#core/webhook/deliver.ts';
import type { ViewDeps } from './dialect-deps.ts';
import { langgraphWebhook } from './dialects/langgraph/runs/webhook.ts';
import { longrunWebhook } from './dialects/longrun/webhook.ts';
import { praisonaiWebhook } from './dialects/praisonai/webhook.ts';
import type { WebhookBodyBuilder } from './webhook-body-builder.ts';

/** By the name that a dialect gives itself when it submits a run with a webhook. */
const builders: Readonly<Record<string, WebhookBodyBuilder>> = {
  langgraph: langgraphWebhook,
  longrun: longrunWebhook,
  praisonai: praisonaiWebhook,
};

/** What webhooks are told, each in the words of its dialect. */
export const webhookBody =
  (deps: ViewDeps, baseUrl: () => string): WebhookBody =>
  (run, dialect, event) =>
    (builders[dialect] ?? longrunWebhook)(deps, run, event, baseUrl());
