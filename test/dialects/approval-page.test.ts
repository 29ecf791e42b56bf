import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineTool } from '#agent/define-agent.ts';
import { announce } from '#core/outbox/announce.ts';
import { publishOutbox } from '#core/outbox/outbox.ts';
import type { OutboxEvent } from '#core/outbox/outbox-event.ts';
import { sweep } from '#core/run/sweep.ts';
import { anAgent } from '../builders/an-agent.ts';
import { anApi, type Reply } from '../builders/an-api.ts';
import { outboxRows } from '../core/outbox-rows.ts';

const hostile = {
  to: '<script>alert(1)</script>',
  'a"b\'c': '</pre><form action="https://evil.example">&amp;',
  hidden: 'pay \u202e001\u200b to bob',
};

/** Calls `send` with these arguments, which a person has to approve. */
const anAskingAgent = (input: object) =>
  anAgent({
    id: 'asker',
    name: 'The <b>Asker</b>',
    tools: [
      defineTool({
        name: 'send',
        description: 'Sends.',
        input: z.looseObject({}),
        approval: { when: 'always', expiresAfterSeconds: 3600 },
        execute: () => 'sent',
      }),
    ],
    script: ({ turn, message }) =>
      turn === 0 && message ? { toolCalls: [{ name: 'send', input }] } : { text: 'done' },
  });

const Made = z.object({ by: z.string(), links: z.record(z.string(), z.string()) });

async function aLink(input: object = hostile) {
  const publicBaseUrl = 'https://runs.example';
  const api = await anApi({ agents: [anAskingAgent(input)], publicBaseUrl });
  const submitted = await api.submit({ agentId: 'asker', message: 'send' });
  const run = await api.reach(submitted, ({ status }) => status === 'PAUSED');
  const path = `/api/runs/${run.id}/approval-link`;
  const { json } = await api.call({ path, json: { name: 'Ann Lee' } });
  const { by, links } = Made.parse(json);
  const { pathname } = new URL(links['review'] ?? '');
  const get = (to = pathname, query: Record<string, string> = {}): Promise<Reply> =>
    api.call({ path: to, headers: {}, queryStringParameters: query });
  const post = (form: Record<string, string>, to = pathname): Promise<Reply> =>
    api.call({
      ...{ httpMethod: 'POST', path: to, body: `${new URLSearchParams(form)}` },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const status = async () => (await api.reach(run, () => true)).status;
  return { api, run, by, links, pathname, get, post, status };
}

describe('the page of a link', () => {
  it('shows the call, who asked and until when, and decides nothing', async () => {
    const { get, run, status } = await aLink({ to: 'bob', amount: 3 });

    const { status: code, text, headers } = await get();
    for (let i = 0; i < 3; i += 1) await get();

    expect([code, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    for (const part of ['send', '&quot;to&quot;: &quot;bob&quot;', 'ann', run.id, 'key:test'])
      expect(text).toContain(part);
    expect(text).toContain('2026-01-01T01:00:00.000Z');
    expect(await status()).toBe('PAUSED');
  });

  it('is kept by nobody, found by nobody, framed by nobody, and runs nothing', async () => {
    const { get, post, pathname } = await aLink();

    for (const { headers } of [
      ...[await get(), await get(`${pathname}x`), await post({ decision: 'MAYBE' })],
      ...[await post({ decision: 'REJECT' }), await post({ decision: 'REJECT' })],
    ]) {
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex, nofollow',
      });
      const policy = headers['content-security-policy'];
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self';/);
      expect(policy).toContain("frame-ancestors 'none'");
    }
  });

  it('shows hostile arguments as text, with what is invisible in them', async () => {
    const { get } = await aLink();

    const { text } = await get();

    expect(text).not.toMatch(/<script|<b>|evil\.example"|[\u202e\u200b]/);
    expect(text.match(/<form/g)).toHaveLength(1);
    expect(text.match(/<\/pre>/g)).toHaveLength(1);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(text).toContain('pay \\u{202e}001\\u{200b} to bob');
  });

  it.each(['APPROVE', 'REJECT'] as const)(
    'offers that first which the link names: %s',
    async (one) => {
      const { get, links } = await aLink();
      const { pathname, search } = new URL(links[one === 'APPROVE' ? 'approve' : 'reject'] ?? '');

      const { text } = await get(pathname, Object.fromEntries(new URLSearchParams(search)));

      const values = [...text.matchAll(/value="([A-Z]+)"/g)].map(([, value]) => value);
      expect(values).toHaveLength(2);
      expect(values[0]).toBe(one);
    },
  );
});

describe('a decision by link', () => {
  it('is made once, under the name of the link, and shown from then on', async () => {
    const { get, post, by, api, run } = await aLink({ to: 'bob' });

    const first = await post({ decision: 'APPROVE', reason: ' <i>fine</i> ' });
    const second = await post({ decision: 'REJECT' });
    const shown = await get();

    expect([first.status, second.status, shown.status]).toEqual([200, 409, 200]);
    for (const { text } of [first, shown]) {
      expect(text).toContain('Approved');
      expect(text).toContain('&lt;i&gt;fine&lt;/i&gt;');
      expect(text).toContain('link:Ann Lee');
      expect(text).not.toContain('<form');
    }
    expect(second.text).toContain('APPROVE by link:Ann Lee');
    const done = await api.reach(run, ({ status }) => status === 'COMPLETED');
    expect(done.status).toBe('COMPLETED');
    const { json } = await api.call({ path: `/api/runs/${run.id}` });
    expect(json).toMatchObject({ approvals: [{ decided: { decision: 'APPROVE', by } }] });
  });

  it.each([
    ['no choice', {}],
    ['another choice', { decision: 'approve' }],
  ])('with %s is refused, and the run waits on', async (_, form) => {
    const { post, status } = await aLink();

    expect((await post(form)).status).toBe(400);
    expect(await status()).toBe('PAUSED');
  });

  it('comes too late once the approval has expired, swept or not', async () => {
    const { get, post, api } = await aLink();
    api.clock.advance(3600_000);

    const answers = [await get(), await post({ decision: 'APPROVE' })];

    expect(answers.map(({ status }) => status)).toEqual([200, 409]);
    expect(answers[0]?.text).not.toContain('<form');
    await sweep(api.deps);
    expect((await get()).text).toContain('system:expiry');
  });
});

describe('a token', () => {
  const changed: [string, (token: string) => string][] = [
    ['signed otherwise', (token) => `${token.slice(0, -4)}AAAA`],
    ['not signed', (token) => token.split('.')[0] ?? ''],
    ['empty', () => '.'],
    ['no base64', () => '%21%21.%21%21'],
    [
      'of another approval',
      (token) => reclaimed(token, (claim) => [claim[0], otherOf(claim), claim[2]]),
    ],
    [
      'of another organisation',
      (token) => reclaimed(token, (claim) => ['other', claim[1], claim[2]]),
    ],
    ['of another name', (token) => reclaimed(token, (claim) => [claim[0], claim[1], 'Bob'])],
    [
      'that would lead out of its tenant',
      (token) => reclaimed(token, (claim) => ['a#R#', claim[1], 'x']),
    ],
  ];

  it.each(changed)('that is %s leads nowhere', async (_, change) => {
    const { get, post, pathname, status } = await aLink();
    const [, , token = ''] = pathname.split('/');
    const to = `/approvals/${change(token)}`;

    const answers = [await get(to), await post({ decision: 'APPROVE' }, to)];

    expect(answers.map((answer) => answer.status)).toEqual([404, 404]);
    expect(answers[0]?.text).not.toContain('send');
    expect(await status()).toBe('PAUSED');
  });

  it('is in no line of the log', async () => {
    const { get, post, pathname, api } = await aLink();
    const [, , token = ''] = pathname.split('/');

    await get();
    await get(`${pathname}x`);
    await post({ decision: 'APPROVE' });
    await post({ decision: 'APPROVE' });

    expect(JSON.stringify(api.logged)).not.toContain(token.slice(0, 20));
  });
});

it.each([
  ['who decides', { deciders: { users: ['ann'] } }],
  ['who does not', { notRequester: true }],
])('no link decides where the agent says %s', async (_, rule) => {
  const { api, run, post, status } = await aLink({ to: 'bob' });
  const known = api.deps.agents.find('asker', 'acme');
  if (known) Object.assign(known, { approvals: rule });

  const made = await api.call({ path: `/api/runs/${run.id}/approval-link`, json: { name: 'x' } });
  const decided = await post({ decision: 'APPROVE' });

  expect([made.status, decided.status]).toEqual([403, 403]);
  expect(decided.text).toContain('says who decides');
  expect(await status()).toBe('PAUSED');
});

it('a link is made for a run that waits, and for no other', async () => {
  const { post, api, run } = await aLink();
  await post({ decision: 'REJECT' });
  await api.reach(run, ({ status }) => status === 'COMPLETED');

  const { status, json } = await api.call({
    ...{ path: `/api/runs/${run.id}/approval-link`, json: { name: 'Ann' } },
  });

  expect(status).toBe(409);
  expect(json).toMatchObject({ decided: { decision: 'REJECT', by: 'link:Ann Lee' } });
});

it('the bus is told links where the service knows how it is reached, and the store has none', async () => {
  const { api, run, get } = await aLink({ to: 'bob' });
  const told: OutboxEvent[] = [];
  const bus = {
    publish: async (events: readonly OutboxEvent[]) => {
      told.push(...events);
      return [];
    },
  };
  const settings = { ...api.deps.settings, announces: true };
  const event = {
    ...({ type: 'approval.requested', seq: 4, at: api.clock.now() } as const),
    data: {
      ...{ approvalId: `${run.id}-1`, toolCallId: 'c', tool: 'send', arguments: {}, reason: 'r' },
      expiresAt: '2026-01-01T01:00:00.000Z',
    },
  };
  await api.deps.store.transact(
    announce(settings, run.status, run, [event], api.clock.now()).writes,
  );
  const rows = await outboxRows(api, run);

  await publishOutbox({ ...api.deps, bus, publicBaseUrl: 'https://runs.example' }, rows);
  await publishOutbox({ ...api.deps, bus }, rows);

  expect(JSON.stringify(rows)).not.toContain('approvals/');
  const [first, second] = told;
  const links = first && 'links' in first ? first.links : undefined;
  const { text } = await get(new URL(links?.review ?? '').pathname);
  expect(text).toContain('&quot;bob&quot;');
  expect(second).not.toHaveProperty('links');
});

/** The token with another claim, and the signature that it had. */
function reclaimed(token: string, change: (claim: string[]) => (string | undefined)[]): string {
  const [text = '', signature] = token.split('.');
  const claim = z.array(z.string()).parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  const changed = Buffer.from(JSON.stringify(change(claim))).toString('base64url');
  return `${changed}.${signature}`;
}

const otherOf = ([, approvalId = '']: string[]) => approvalId.replace(/-1$/, '-2');
