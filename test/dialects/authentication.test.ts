import { describe, expect, it } from 'vitest';
import { createApiKey, revokeApiKey } from '#core/tenant/api-keys.ts';
import { anApi, devToken } from '../builders/an-api.ts';

const minute = 60_000;

/** An API, a key of another organisation for it, and what calls with a header are answered. */
async function aKey() {
  const api = await anApi();
  const token = await createApiKey(api.deps, { orgId: 'beta', userId: 'ben' });
  const id = token.split('_')[1] ?? '';
  const statusWith = async (authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization };
    return (await api.call({ path: '/api/runs', headers })).status;
  };
  return { ...api, token, id, statusWith };
}

describe('a caller is let in', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'Bearer  '])(
    'by a key after the word "%s"',
    async (word) => {
      const { token, statusWith } = await aKey();

      expect(await statusWith(`${word} ${token}`)).toBe(200);
    },
  );

  it('by the development token', async () => {
    const { statusWith } = await aKey();

    expect(await statusWith(`Bearer ${devToken}`)).toBe(200);
  });

  it.each(['authorization', 'Authorization', 'AUTHORIZATION'])(
    'by a header in any case: %s',
    async (name) => {
      const { call, token } = await aKey();

      const { status } = await call({ path: '/api/runs', headers: { [name]: `Bearer ${token}` } });

      expect(status).toBe(200);
    },
  );

  it('without any credential to what is open', async () => {
    const { call } = await anApi();

    expect(await call({ path: '/health', headers: {} })).toMatchObject({
      status: 200,
      json: { status: 'healthy', store: 'durable', executor_stats: {} },
    });
    expect(await call({ path: '/', headers: {} })).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    });
  });

  it('as whom the key names: organisation, user and key', async () => {
    const { call, token, id } = await aKey();
    const headers = { authorization: `Bearer ${token}` };

    await call({ path: '/api/agents/echo/runs', json: { message: 'hi' }, headers });

    expect(await call({ path: '/api/runs', headers })).toMatchObject({
      json: { runs: [{ userId: 'ben', submittedBy: `key:${id}` }] },
    });
    expect(await call({ path: '/api/runs' })).toMatchObject({ json: { runs: [] } });
  });
});

describe('a caller is refused', () => {
  it.each<[string, (token: string) => string | undefined]>([
    ['no credential', () => undefined],
    ['an empty one', () => ''],
    ['no token', () => 'Bearer'],
    ['an empty token', () => 'Bearer '],
    ['another scheme', (token) => `Basic ${token}`],
    ['the token alone', (token) => token],
    ['more than the token', (token) => `Bearer ${token} x`],
    ['a part of the token', (token) => `Bearer ${token.slice(0, -1)}`],
    ['more characters', (token) => `Bearer ${token}x`],
    ['a token in another case', (token) => `Bearer ${token.toUpperCase()}`],
    [
      "another key's secret",
      (token) => `Bearer lr_000000000000_${token.split('_').slice(2).join('_')}`,
    ],
    ['the id alone', (token) => `Bearer ${token.split('_').slice(0, 2).join('_')}_`],
    ['nonsense', () => 'Bearer ✓'],
  ])('with %s', async (_, authorization) => {
    const { token, statusWith } = await aKey();

    expect(await statusWith(authorization(token))).toBe(401);
  });

  it('with a challenge and a problem that says no more than it must', async () => {
    const { call, token } = await aKey();
    const headers = { authorization: `Bearer ${token}x` };

    const reply = await call({ path: '/api/runs', headers });

    expect(reply.headers).toMatchObject({
      'www-authenticate': 'Bearer',
      'content-type': 'application/problem+json',
    });
    expect(reply.json).toMatchObject({
      code: 'unauthorized',
      detail: 'The credential is not valid.',
    });
  });

  it('before the request is looked at', async () => {
    const { call } = await anApi();

    const reply = await call({
      httpMethod: 'POST',
      path: '/api/agents/none/runs',
      body: 'no JSON',
      headers: {},
    });

    expect(reply.status).toBe(401);
  });
});

describe('a revoked key', () => {
  it('that was not used before is refused at once', async () => {
    const { deps, token, id, statusWith } = await aKey();

    await revokeApiKey(deps, id);

    expect(await statusWith(`Bearer ${token}`)).toBe(401);
  });

  it('that was used before is trusted for a minute, and then refused', async () => {
    const { deps, clock, token, id, statusWith } = await aKey();
    await statusWith(`Bearer ${token}`);
    await revokeApiKey(deps, id);
    const statuses: number[] = [];

    for (const ms of [0, minute - 1, 1]) {
      clock.advance(ms);
      statuses.push(await statusWith(`Bearer ${token}`));
    }

    expect(statuses).toEqual([200, 200, 401]);
  });

  it('is not trusted longer for being used often', async () => {
    const { deps, clock, token, id, statusWith } = await aKey();
    await statusWith(`Bearer ${token}`);
    await revokeApiKey(deps, id);

    for (let i = 0; i < 3; i += 1) {
      clock.advance(minute / 3);
      await statusWith(`Bearer ${token}`);
    }

    expect(await statusWith(`Bearer ${token}`)).toBe(401);
  });

  it('leaves the other keys as they are', async () => {
    const { deps, id, statusWith } = await aKey();
    const other = await createApiKey(deps, { orgId: 'beta', userId: 'bea' });

    await revokeApiKey(deps, id);

    expect(await statusWith(`Bearer ${other}`)).toBe(200);
  });
});

it('a new key works although it was tried before it was there', async () => {
  const { deps, statusWith } = await aKey();
  const token = 'lr_0123456789ab_secret';
  const before = await statusWith(`Bearer ${token}`);

  const created = await createApiKey(deps, { orgId: 'beta', userId: 'bea' });

  expect([before, await statusWith(`Bearer ${created}`)]).toEqual([401, 200]);
});
