import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { answer, isSignedWith, type Receiver, startReceiver } from '../builders/a-receiver.ts';
import { aCompletedRun } from './agents.ts';
import { type Client, type Method, them, us } from './client.ts';
import { eventually } from './eventually.ts';
import type { Run } from './runs.ts';
import { DeliveryView, SigningSecret, WebhookView, WebhookWithSecret } from './wire-of-webhooks.ts';

const made: string[] = [];
const receivers: Receiver[] = [];

afterAll(async () => {
  for (const id of made) await us.send('DELETE', `/api/webhooks/${id}`);
  for (const receiver of receivers) receiver.close();
});

async function aReceiver(answers?: Receiver['answers']): Promise<Receiver> {
  const receiver = await startReceiver(answers);
  receivers.push(receiver);
  return receiver;
}

/** @throws unless the answer has this status and this body */
async function call<S extends z.ZodType>(
  client: Client,
  status: number,
  schema: S,
  method: Method,
  path: string,
  json?: unknown,
): Promise<z.output<S>> {
  const response = await client.send(method, path, { json });
  const text = await response.text();
  expect([response.status, text]).toEqual([status, text]);
  return schema.parse(JSON.parse(text));
}

async function aWebhook(url: string, more: object = {}) {
  const json = { url, events: ['run.completed'], ...more };
  const webhook = await call(us, 201, WebhookWithSecret, 'POST', '/api/webhooks', json);
  made.push(webhook.id);
  return webhook;
}

const mayBeAllowed = ['http://receiver.example/', 'https://127.1/', 'https://2130706433/'];

async function allowsThisMachine(): Promise<boolean> {
  const json = { url: 'http://127.0.0.1/', enabled: false };
  const answer = await us.send('POST', '/api/webhooks', { json });
  if (answer.status === 201) made.push(WebhookView.parse(await answer.json()).id);
  return answer.status === 201;
}

const List = z.object({ deliveries: z.array(DeliveryView), nextCursor: z.string().nullable() });

const deliveriesTo = async (webhookId: string, run: Run) => {
  const path = `/api/webhooks/${webhookId}/deliveries?limit=100`;
  const { deliveries } = await call(us, 200, List, 'GET', path);
  return deliveries.filter(({ runId }) => run.id.endsWith(runId));
};

const delivered = (webhookId: string, run: Run) =>
  eventually('the webhook was told', async () => {
    const [delivery] = await deliveriesTo(webhookId, run);
    return delivery?.state === 'delivered' ? delivery : undefined;
  });

/** What a receiver was told of a run; other cases have theirs. */
const postsOf = ({ posts }: Receiver, run: Run) =>
  posts.filter(({ body }) => run.id.endsWith(body.data.id));

describe('a webhook', () => {
  const url = 'https://receiver.example/hook';

  it('is made, changed, listed and deleted, and shows its secret when it gets one', async () => {
    const { secret, ...webhook } = await aWebhook(url, { description: 'ours' });
    const path = `/api/webhooks/${webhook.id}`;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/);
    expect(webhook).toMatchObject({ url, description: 'ours', events: ['run.completed'] });

    const read = await call(us, 200, WebhookView, 'GET', path);
    const change = { url: `${url}/2`, events: ['run.failed', 'run.paused'], enabled: false };
    const changed = await call(us, 200, WebhookView, 'PATCH', path, change);
    const list = z.object({ webhooks: z.array(WebhookView) });
    const { webhooks } = await call(us, 200, list, 'GET', '/api/webhooks');

    expect(read).toEqual(webhook);
    expect(changed).toEqual({ ...webhook, ...change });
    expect(webhooks.filter(({ id }) => id === webhook.id)).toEqual([changed]);

    const deleted = await us.send('DELETE', path);

    expect([deleted.status, await deleted.text()]).toEqual([204, '']);
    await us.refused(404, 'GET', path);
    await us.refused(404, 'DELETE', path);
  });

  it('is its own tenant’s', async () => {
    const { id } = await aWebhook(url);

    for (const [method, path, json] of [
      ['GET', `/api/webhooks/${id}`],
      ['PATCH', `/api/webhooks/${id}`, { enabled: false }],
      ['DELETE', `/api/webhooks/${id}`],
      ['POST', `/api/webhooks/${id}/rotate-secret`],
      ['GET', `/api/webhooks/${id}/deliveries`],
    ] as const)
      await them.refused(404, method, path, { json });

    expect(await call(us, 200, WebhookView, 'GET', `/api/webhooks/${id}`)).toMatchObject({
      enabled: true,
    });
    const secrets = [us, them].map((client) =>
      call(client, 200, SigningSecret, 'GET', '/api/webhooks/signing-secret'),
    );
    const [ours, theirs] = await Promise.all(secrets);
    expect(ours?.secrets[0]?.secret).not.toBe(theirs?.secrets[0]?.secret);
  });

  it.each([
    'http://receiver.example/',
    'https://127.1/',
    'https://2130706433/',
    'https://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://metadata.google.internal/',
    'https://user:word@receiver.example/',
    'nonsense',
  ])('that leads to %s is refused', async (leadsTo) => {
    // A target that allows this machine, allows it in every spelling.
    if (mayBeAllowed.includes(leadsTo) && (await allowsThisMachine())) {
      await aWebhook(leadsTo, { enabled: false });
      return;
    }

    const { body } = await us.refused(422, 'POST', '/api/webhooks', { json: { url: leadsTo } });

    expect(body.type).toBe('urn:problem-type:invalid-webhook-url');
  });

  it('cannot want to know what nobody is told', async () => {
    const json = { url, events: ['run.imagined'] };

    await us.refused(400, 'POST', '/api/webhooks', { json });
    await us.refused(400, 'POST', '/api/webhooks', { json: { url, events: [] } });
  });

  it('of a run that has none was told nothing', async () => {
    const { id } = await aCompletedRun(us);
    const empty = z.object({ deliveries: z.array(DeliveryView) });

    const path = `/api/runs/${id}/deliveries`;

    expect(await call(us, 200, empty, 'GET', path)).toEqual({ deliveries: [] });
  });
});

describe('a receiver on this machine', () => {
  it('is told of a completed run, and can tell who says so', async () => {
    const receiver = await aReceiver();
    const { id, secret } = await aWebhook(receiver.url);

    const run = await aCompletedRun(us);
    const delivery = await delivered(id, run);

    const [post] = postsOf(receiver, run);
    expect(post?.body).toMatchObject({ type: 'run.completed', data: { status: 'COMPLETED' } });
    expect(post?.headers['webhook-id']).toBe(delivery.id);
    expect(post && isSignedWith(secret, post)).toBe(true);
    expect(post && isSignedWith(secret, { ...post, text: `${post.text} ` })).toBe(false);
    expect(delivery.attempts).toMatchObject([{ status: 204 }]);
    await them.refused(404, 'GET', `/api/webhooks/deliveries/${delivery.id}`);
  });

  it('believes both secrets while one takes over from the other', async () => {
    const receiver = await aReceiver();
    const { id, secret } = await aWebhook(receiver.url);
    const path = `/api/webhooks/${id}/rotate-secret`;
    const rotated = await call(us, 200, WebhookWithSecret, 'POST', path);

    const run = await aCompletedRun(us);
    await delivered(id, run);

    const [post] = postsOf(receiver, run);
    expect(rotated.previousSecretExpiresAt).toBeDefined();
    expect([secret, rotated.secret].map((one) => post && isSignedWith(one, post))).toEqual([
      true,
      true,
    ]);
  });

  it('that fails is told again, and once more when somebody asks', async () => {
    const receiver = await aReceiver((response, nth) => {
      response.writeHead(nth === 1 ? 503 : 200).end();
    });
    const { id } = await aWebhook(receiver.url);

    const run = await aCompletedRun(us);
    const delivery = await delivered(id, run);
    expect(delivery.attempts.at(-1)).toMatchObject({ status: 200 });

    const before = postsOf(receiver, run).length;
    const path = `/api/webhooks/deliveries/${delivery.id}`;
    await call(us, 202, DeliveryView, 'POST', `${path}/redeliver`);
    const again = await eventually('it was delivered again', async () => {
      const one = await call(us, 200, DeliveryView, 'GET', path);
      return one.state === 'delivered' ? one : undefined;
    });

    expect(again.attempts.length).toBe(delivery.attempts.length + 1);
    expect(postsOf(receiver, run)).toHaveLength(before + 1);
    const ids = postsOf(receiver, run).map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids)).toEqual(new Set([delivery.id]));
  });

  it('that answers 410 is told no more', async () => {
    const receiver = await aReceiver(answer(410));
    const { id } = await aWebhook(receiver.url);

    await aCompletedRun(us);

    const disabled = await eventually('the webhook was disabled', async () => {
      const webhook = await call(us, 200, WebhookView, 'GET', `/api/webhooks/${id}`);
      return webhook.enabled ? undefined : webhook;
    });
    expect(disabled.disabledReason).toContain('410');
  });
});
