import { describe, expect, it } from 'vitest';
import { decideApproval } from '#core/approval/decide-approval.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import { hasEnded, type Run } from '#core/run/run.ts';
import { keyOf } from '#core/run/run-repository.ts';
import { getDelivery, redeliver } from '#core/webhook/manage-deliveries.ts';
import { rotateSigningSecret, signingSecrets } from '#core/webhook/signing-secret.ts';
import {
  deleteWebhook,
  getWebhook,
  rotateWebhookSecret,
  updateWebhook,
} from '#core/webhook/webhook.ts';
import { aPrincipal } from '../../builders/a-principal.ts';
import { answer, aReceiver, hang, isSignedWith } from '../../builders/a-receiver.ts';
import type { Engine } from '../../builders/an-engine.ts';
import {
  anEndedRun,
  anEngineWithWebhooks,
  aWebhook,
  eventually,
  ofRun,
  ofWebhook,
} from '../../builders/an-engine-with-webhooks.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const own = (url: string) => ({ url, dialect: 'longrun' });

const approve = ({ deps }: Engine, run: Run) =>
  decideApproval(deps, {
    ...{ ...keyOf(run), decision: 'APPROVE', by: aPrincipal('ann'), idempotency: undefined },
  });

/** Ends a run that waits for a decision, in one way or another. */
const endings: [type: string, message: string, end: (engine: Engine, run: Run) => unknown][] = [
  ['run.completed', 'guarded', approve],
  ['run.failed', 'guarded safe safe safe', approve],
  ['run.cancelled', 'guarded', ({ deps }, run) => cancelRun(deps, keyOf(run), 'test')],
];

describe("a run's own webhook", () => {
  it.each(endings)('is told that it waits, and of its end: %s', async (type, message, end) => {
    const engine = await anEngineWithWebhooks();
    const receiver = await aReceiver();
    const webhook = own(receiver.url);

    const run = await engine.submit({ agentId: 'worker', message, webhook });
    await engine.reach(run, ({ status }) => status === 'PAUSED');
    await receiver.received(1);
    await end(engine, run);
    const ended = await engine.reach(run, hasEnded);

    const posts = await receiver.received(2);
    expect(posts.map(({ body }) => body.type)).toEqual(['run.paused', type]);
    expect(posts[0]?.body.data).toMatchObject({ id: run.id, status: 'PAUSED' });
    expect(posts[1]?.body.data).toMatchObject({ id: run.id, status: ended.status });
    const delivered = await eventually(
      () => ofRun(engine, run),
      (all) => all.every(({ state }) => state === 'delivered'),
    );
    expect(delivered.map((one) => one.attempts.map(({ status }) => status))).toEqual([
      [204],
      [204],
    ]);
  });

  it('is told that its run took too long', async () => {
    const engine = await anEngineWithWebhooks({ toolMs: 2000 });
    const receiver = await aReceiver();
    const webhook = own(receiver.url);
    const submission = { agentId: 'worker', message: 'safe', webhook, timeoutSeconds: 1 };

    const run = await engine.submit(submission);
    const ended = await engine.reach(run, hasEnded);

    const [post] = await receiver.received(1);
    expect(ended).toMatchObject({ status: 'FAILED', error: { code: 'timeout' } });
    expect(post?.body).toMatchObject({ type: 'run.timed_out', data: { id: run.id } });
  });

  it('is told of nothing else where it wants certain events only', async () => {
    const engine = await anEngineWithWebhooks();
    const receiver = await aReceiver();
    const webhook = { ...own(receiver.url), events: ['run.completed'] };
    const run = await engine.submit({ agentId: 'worker', message: 'guarded', webhook });
    await engine.reach(run, ({ status }) => status === 'PAUSED');

    await approve(engine, run);

    const posts = await receiver.received(1);
    expect(posts.map(({ body }) => body.type)).toEqual(['run.completed']);
    expect(await ofRun(engine, run)).toHaveLength(1);
  });

  it('is signed with the secret of the tenant, made when it is needed', async () => {
    const engine = await anEngineWithWebhooks();
    const receiver = await aReceiver();

    await anEndedRun(engine, own(receiver.url));

    const [post] = await receiver.received(1);
    const [secret] = await signingSecrets(engine.deps, 'acme');
    const [theirs] = await signingSecrets(engine.deps, 'other');
    expect(post && isSignedWith(secret?.secret, post)).toBe(true);
    expect(post && isSignedWith(theirs?.secret, post)).toBe(false);
    expect(post && isSignedWith(secret?.secret, { ...post, text: `${post.text} ` })).toBe(false);
    expect(post?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'longrun',
    });
  });

  it('is told no more once it has answered 410', async () => {
    const engine = await anEngineWithWebhooks();
    const receiver = await aReceiver(answer(410));
    const webhook = own(receiver.url);
    const run = await engine.submit({ agentId: 'worker', message: 'guarded', webhook });
    await engine.reach(run, ({ status }) => status === 'PAUSED');
    await eventually(
      () => ofRun(engine, run),
      ([first]) => first?.state === 'failed',
    );

    await approve(engine, run);
    await engine.reach(run, hasEnded);

    const deliveries = await eventually(
      () => ofRun(engine, run),
      (all) => all[1]?.state === 'failed',
    );
    expect(deliveries[1]?.reason).toContain('410');
    expect(receiver.posts).toHaveLength(1);
  });

  it('that leads nowhere is refused with the run', async () => {
    const engine = await anEngineWithWebhooks({ settings: { webhooksToLoopback: false } });
    const webhook = own('https://127.1/');

    await expect(engine.submit({ agentId: 'worker', webhook })).rejects.toMatchObject({
      code: 'invalid_webhook_url',
    });
  });
});

describe('a registered webhook', () => {
  it('is told of the events that it wants, of every run of its tenant and of no other', async () => {
    const engine = await anEngineWithWebhooks();
    const receiver = await aReceiver();
    const webhook = await aWebhook(engine, receiver.url, {
      events: ['run.completed', 'approval.requested'],
    });

    const other = await engine.submit({ orgId: 'other', agentId: 'worker', message: 'safe' });
    await engine.reach(other, hasEnded);
    const run = await engine.submit({ agentId: 'worker', message: 'guarded' });
    await engine.reach(run, ({ status }) => status === 'PAUSED');
    await receiver.received(1);
    await approve(engine, run);
    await engine.reach(run, hasEnded);

    const posts = await receiver.received(2);
    expect(posts.map(({ body }) => [body.type, body.data.id])).toEqual([
      ['approval.requested', run.id],
      ['run.completed', run.id],
    ]);
    const [secret] = webhook.secrets;
    expect(posts.every((post) => isSignedWith(secret?.secret, post))).toBe(true);
    await eventually(
      () => ofWebhook(engine, webhook.id),
      (all) => all.length === 2 && all.every(({ state }) => state === 'delivered'),
    );
  });

  it('has two secrets sign for a day after it got a new one', async () => {
    const engine = await anEngineWithWebhooks();
    const receiver = await aReceiver();
    const events = ['run.completed' as const];
    const { id, secrets } = await aWebhook(engine, receiver.url, { events });
    const [old] = secrets;
    const [fresh] = (await rotateWebhookSecret(engine.deps, 'acme', id)).secrets;

    await anEndedRun(engine);
    const [post] = await receiver.received(1);

    expect(post?.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    expect([old, fresh].map((one) => post && isSignedWith(one?.secret, post))).toEqual([
      true,
      true,
    ]);

    engine.clock.advance(24 * hourMs + 1);
    await anEndedRun(engine);
    const last = (await receiver.received(2))[1];

    expect(last?.headers['webhook-signature']).toMatch(/^v1,\S+$/);
    expect(last?.headers['webhook-signature']).not.toBe(post?.headers['webhook-signature']);
  });

  it('is disabled by answering 410, and told again when its owner says so', async () => {
    const engine = await anEngineWithWebhooks();
    const receiver = await aReceiver(answer(410));
    const { id } = await aWebhook(engine, receiver.url, { events: ['run.completed'] });

    await anEndedRun(engine);
    await eventually(
      () => ofWebhook(engine, id),
      ([only]) => only?.state === 'failed',
    );
    await anEndedRun(engine);

    const disabled = await getWebhook(engine.deps, 'acme', id);
    expect(disabled).toMatchObject({ enabled: false, disabledReason: expect.any(String) });
    expect(receiver.posts).toHaveLength(1);

    receiver.answers = answer(200);
    const enabled = await updateWebhook(engine.deps, 'acme', id, { enabled: true });
    await anEndedRun(engine);

    expect(enabled).toMatchObject({ enabled: true, disabledReason: null });
    await receiver.received(2);
  });

  it('that was disabled is told nothing of what was pending', async () => {
    const engine = await anEngineWithWebhooks();
    const receiver = await aReceiver(answer(503));
    const { id } = await aWebhook(engine, receiver.url, { events: ['run.completed'] });
    await anEndedRun(engine);
    await eventually(
      () => ofWebhook(engine, id),
      ([only]) => only?.attempts.length === 1,
    );

    await updateWebhook(engine.deps, 'acme', id, { enabled: false });
    engine.clock.advance(minuteMs);

    const [given] = await eventually(
      () => ofWebhook(engine, id),
      ([only]) => only?.state === 'failed',
    );
    expect(given?.reason).toContain('disabled');
    expect(receiver.posts).toHaveLength(1);
  });

  it('that was deleted is told nothing, not even what was pending', async () => {
    const engine = await anEngineWithWebhooks();
    const receiver = await aReceiver(answer(503));
    const { id } = await aWebhook(engine, receiver.url, { events: ['run.completed'] });
    await anEndedRun(engine);
    const [pending] = await eventually(
      () => ofWebhook(engine, id),
      ([only]) => only?.attempts.length === 1,
    );
    if (pending === undefined) throw new Error('none');

    await deleteWebhook(engine.deps, 'acme', id);
    engine.clock.advance(minuteMs);

    const { runId } = pending;
    await expect
      .poll(async () => {
        const name = `${runId}_${pending.seq}_${id}`;
        return (await getDelivery(engine.deps, 'acme', name)).state;
      })
      .toBe('failed');
    expect(receiver.posts).toHaveLength(1);
  });
});

describe('a receiver that does not take it', () => {
  it.each([
    ['answers 500', answer(500), { status: 500 }],
    ['answers 404', answer(404), { status: 404 }],
    ['redirects', answer(302, { location: 'http://127.0.0.1:9/elsewhere' }), { status: 302 }],
    ['hangs', hang, { error: expect.stringContaining('longer') }],
    [
      'closes the connection',
      (response: { destroy(): void }) => response.destroy(),
      { error: expect.any(String) },
    ],
  ])('because it %s is told again, by the same name, until it does', async (_, fails, attempt) => {
    const engine = await anEngineWithWebhooks({ timeoutMs: 300 });
    const receiver = await aReceiver(fails);
    const run = await anEndedRun(engine, own(receiver.url));
    await eventually(
      () => ofRun(engine, run),
      ([only]) => only?.attempts.length === 1,
    );

    receiver.answers = answer(200);
    engine.clock.advance(6_500);

    const [delivery] = await eventually(
      () => ofRun(engine, run),
      ([only]) => only?.state === 'delivered',
    );
    expect(delivery?.attempts).toMatchObject([attempt, { status: 200 }]);
    const [first, second] = receiver.posts;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp']);
    expect(second?.text).toBe(first?.text);
  });

  it('for more than a day is given up, until somebody asks for it', async () => {
    const engine = await anEngineWithWebhooks();
    const receiver = await aReceiver(answer(500));
    const run = await anEndedRun(engine, own(receiver.url));
    const started = engine.clock.now();
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      const [delivery] = await eventually(
        () => ofRun(engine, run),
        ([only]) => only?.attempts.length === attempt,
      );
      if (delivery?.state === 'pending')
        engine.clock.advance(delivery.nextAttemptAt - engine.clock.now() + 2 * minuteMs);
    }

    const [given] = await ofRun(engine, run);
    expect(given?.state).toBe('failed');
    expect(engine.clock.now() - started).toBeGreaterThan(24 * hourMs);

    const id = `${run.id}_${given?.seq}_run`;
    await redeliver(engine.deps, 'acme', id);
    const [again] = await eventually(
      () => ofRun(engine, run),
      ([only]) => only?.attempts.length === 12,
    );
    expect(again?.state).toBe('pending');

    receiver.answers = answer(200);
    engine.clock.advance(minuteMs);

    const [delivered] = await eventually(
      () => ofRun(engine, run),
      ([only]) => only?.state === 'delivered',
    );
    expect(delivered?.attempts).toHaveLength(13);
  });

  it('delays nobody else', async () => {
    const engine = await anEngineWithWebhooks({ timeoutMs: 60_000 });
    const dead = await aReceiver(hang);
    const well = await aReceiver();

    for (let i = 0; i < 20; i += 1) await anEndedRun(engine, own(dead.url));
    await anEndedRun(engine, own(well.url));

    await well.received(1);
    expect(dead.posts.length).toBeLessThanOrEqual(2);
  });
});

describe('where nobody is told', () => {
  it('no row is written, however often runs change', async () => {
    const engine = await anEngineWithWebhooks();
    await anEndedRun(engine);
    const writes: string[] = [];
    const { transact } = engine.deps.store;
    engine.deps.store.transact = async (all) => {
      writes.push(...all.flatMap((one) => ('put' in one ? [one.put.sk] : [])));
      return transact.call(engine.deps.store, all);
    };

    await anEndedRun(engine);

    expect(writes).toContain('META');
    expect(writes.filter((sk) => sk.startsWith('OUT#'))).toEqual([]);
  });

  it('from the moment that a webhook is registered the next event has one', async () => {
    const engine = await anEngineWithWebhooks();
    const receiver = await aReceiver();
    await anEndedRun(engine);
    const run = await engine.submit({ agentId: 'worker', message: 'guarded' });
    await engine.reach(run, ({ status }) => status === 'PAUSED');

    await aWebhook(engine, receiver.url);
    await cancelRun(engine.deps, keyOf(run), 'test');

    const [post] = await receiver.received(1);
    expect(post?.body.type).toBe('run.cancelled');
  });

  it('a rotated secret of the tenant signs beside the one before', async () => {
    const engine = await anEngineWithWebhooks();
    const receiver = await aReceiver();
    const [old] = await signingSecrets(engine.deps, 'acme');
    const [fresh] = await rotateSigningSecret(engine.deps, 'acme');

    await anEndedRun(engine, own(receiver.url));

    const [post] = await receiver.received(1);
    expect([old, fresh].map((one) => post && isSignedWith(one?.secret, post))).toEqual([
      true,
      true,
    ]);
  });
});
