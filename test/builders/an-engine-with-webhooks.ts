import { vi } from 'vitest';
import { guardedPost } from '#adapters/guarded-fetch/guarded-post.ts';
import { webhookBody } from '#api/webhook-body.ts';
import type { RunSettings } from '#core/run/deps.ts';
import { hasEnded, type Run } from '#core/run/run.ts';
import type { Delivery } from '#core/webhook/delivery.ts';
import { listDeliveries, listRunDeliveries } from '#core/webhook/manage-deliveries.ts';
import { createWebhook, type Webhook, type WebhookSettings } from '#core/webhook/webhook.ts';
import { WebhookEventType } from '#core/webhook/webhook-event.ts';
import { aClock } from './a-clock.ts';
import { workingAgent } from './an-agent.ts';
import { anEngine, type Engine } from './an-engine.ts';

interface Options {
  /** Of one attempt. @default 5000 */
  readonly timeoutMs?: number;
  readonly settings?: Partial<RunSettings>;
  readonly dataDir?: string;
  /** How long a call of a tool takes, by the engine's clock. @default 0 */
  readonly toolMs?: number;
}

/** An engine that tells receivers on this machine; its clock begins now, as receivers look at it. */
export function anEngineWithWebhooks(options: Options = {}) {
  const { timeoutMs = 5000, settings, dataDir, toolMs = 0 } = options;
  const clock = aClock(Date.now());
  return anEngine({
    agents: [workingAgent(() => clock.advance(toolMs), { limits: { maxSteps: 3 } })],
    settings: { webhooksToLoopback: true, ...settings },
    clock,
    webhooks: (deps) => ({
      post: guardedPost({ allowsLoopback: true, timeoutMs }),
      webhookBody: webhookBody(deps, () => 'https://runs.example'),
    }),
    ...(dataDir ? { dataDir } : {}),
  });
}

export async function aWebhook(
  { deps }: Pick<Engine, 'deps'>,
  url: string,
  settings: Partial<WebhookSettings> = {},
): Promise<Webhook> {
  const { webhook } = await createWebhook(deps, 'acme', {
    url,
    description: '',
    events: WebhookEventType.options,
    enabled: true,
    ...settings,
  });
  return webhook;
}

/** A run that tells `url` of itself, at its end. */
export async function anEndedRun(
  engine: Engine,
  webhook?: { url: string; dialect: string },
  message = 'safe',
): Promise<Run> {
  const run = await engine.submit({ agentId: 'worker', message, webhook });
  return engine.reach(run, hasEnded);
}

export const ofRun = ({ deps }: Pick<Engine, 'deps'>, { id, orgId }: Run) =>
  listRunDeliveries(deps, { orgId, runId: id });

export const ofWebhook = async ({ deps }: Pick<Engine, 'deps'>, webhookId: string) =>
  (await listDeliveries(deps, { orgId: 'acme', webhookId, limit: 100 })).deliveries;

/** The deliveries, once that holds for them. */
export const eventually = <T extends readonly Delivery[]>(
  deliveries: () => Promise<T>,
  holds: (deliveries: T) => boolean,
): Promise<T> =>
  vi.waitFor(
    async () => {
      const found = await deliveries();
      if (holds(found)) return found;
      throw new Error(`Not so: ${JSON.stringify(found)}`);
    },
    { timeout: 10_000, interval: 10 },
  );
