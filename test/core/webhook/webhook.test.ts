import { describe, expect, it } from 'vitest';
import { createWebhook, listWebhooks, updateWebhook } from '#core/webhook/webhook.ts';
import { WebhookEventType } from '#core/webhook/webhook-event.ts';
import { anEngine } from '../../builders/an-engine.ts';
import { aWebhook } from '../../builders/an-engine-with-webhooks.ts';

const url = 'https://receiver.example/';

describe('webhooks of a tenant', () => {
  it('are twenty at most', async () => {
    const engine = await anEngine({ idle: true });
    for (let i = 0; i < 20; i += 1) await aWebhook(engine, url);

    await expect(aWebhook(engine, url)).rejects.toMatchObject({ code: 'invalid_input' });
    const settings = { url, description: '', events: WebhookEventType.options, enabled: true };
    await createWebhook(engine.deps, 'other', settings);

    expect(await listWebhooks(engine.deps, 'acme')).toHaveLength(20);
    expect(await listWebhooks(engine.deps, 'other')).toHaveLength(1);
  });

  it('are led to no other place than one they could have been made with', async () => {
    const engine = await anEngine({ idle: true });
    const { id } = await aWebhook(engine, url);

    await expect(
      updateWebhook(engine.deps, 'acme', id, { url: 'https://10.0.0.1/' }),
    ).rejects.toMatchObject({ code: 'invalid_webhook_url' });

    expect(await listWebhooks(engine.deps, 'acme')).toMatchObject([{ url, version: 1 }]);
  });

  it('lose no change of two that are made at the same time', async () => {
    const engine = await anEngine({ idle: true });
    const { id } = await aWebhook(engine, url);

    await Promise.all([
      updateWebhook(engine.deps, 'acme', id, { description: 'new' }),
      updateWebhook(engine.deps, 'acme', id, { enabled: false }),
      updateWebhook(engine.deps, 'acme', id, { events: ['run.failed'] }),
    ]);

    expect(await listWebhooks(engine.deps, 'acme')).toMatchObject([
      { description: 'new', enabled: false, events: ['run.failed'], version: 4 },
    ]);
  });
});
