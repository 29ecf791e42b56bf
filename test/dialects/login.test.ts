import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createUser, removeUser, setPassword } from '#core/tenant/users.ts';
import { anApi } from '../builders/an-api.ts';

const password = 'correct horse battery';
const minute = 60_000;
const Token = z.object({ token: z.string() });

/** An API with a user ann of organisation beta, and what comes of trying to log in. */
async function aLogin() {
  const api = await anApi();
  const user = { username: 'ann', orgId: 'beta', email: 'ann@example.com', groups: ['approvers'] };
  await createUser(api.deps, { ...user, password });
  const logIn = (json: unknown) => api.call({ path: '/api/auth/login', json, headers: {} });
  const tokenOf = async (tried = password) => {
    const { json } = await logIn({ username: 'ann', password: tried });
    return Token.parse(json).token;
  };
  const statusWith = async (token: string) =>
    (await api.call({ path: '/api/runs', headers: { authorization: `Bearer ${token}` } })).status;
  return { ...api, logIn, tokenOf, statusWith };
}

describe('a login', () => {
  it('is answered with a token, and with who it is', async () => {
    const { logIn } = await aLogin();

    const { status, json } = await logIn({ username: 'ann', password, orgId: 'other' });

    expect(status).toBe(200);
    expect(json).toEqual({
      token: expect.stringMatching(/^lu_/),
      type: 'Bearer',
      id: 'ann',
      username: 'ann',
      email: 'ann@example.com',
      roles: ['ROLE_USER', 'approvers'],
    });
  });

  it('lets in to the organisation of the user, as the user', async () => {
    const { call, tokenOf } = await aLogin();
    const headers = { authorization: `Bearer ${await tokenOf()}` };

    await call({ path: '/api/agents/echo/runs', json: { message: 'hi' }, headers });

    expect(await call({ path: '/api/runs', headers })).toMatchObject({
      json: { runs: [{ userId: 'ann', submittedBy: 'user:ann' }] },
    });
    expect(await call({ path: '/api/runs' })).toMatchObject({ json: { runs: [] } });
  });

  it.each([
    ['another password', { username: 'ann', password: 'wrong' }],
    ['a user that there is not', { username: 'bob', password }],
    ['what cannot be a user', { username: '../K#', password }],
    ['no password at all', { username: 'ann', password: '' }],
  ])('with %s is refused in the same words', async (_, json) => {
    const { logIn } = await aLogin();

    expect(await logIn(json)).toMatchObject({
      status: 401,
      json: {
        type: 'urn:problem-type:unauthorized',
        detail: 'Username and password do not belong together.',
      },
    });
  });

  it('is off where there is no user', async () => {
    const api = await aLogin();
    await removeUser(api.deps, 'ann');

    expect(await api.logIn({ username: 'ann', password })).toMatchObject({ status: 404 });
  });

  it.each(['ann', 'nobody'])('has ten guesses, right or not: %s', async (username) => {
    const { logIn, clock } = await aLogin();
    for (let i = 0; i < 10; i += 1) await logIn({ username, password: `guess ${i}` });

    const eleventh = await logIn({ username, password });
    clock.advance(16 * minute);
    const later = await logIn({ username, password: 'guess' });

    expect(eleventh).toMatchObject({
      status: 429,
      headers: { 'retry-after': '900' },
      json: { type: 'urn:problem-type:rate-limit-exceeded', code: 'too_many_attempts' },
    });
    expect(later.status).toBe(401);
  });

  it('has ten guesses at the same time, too', async () => {
    const { logIn } = await aLogin();

    const tried = await Promise.all(
      Array.from({ length: 14 }, (_, i) => logIn({ username: 'ann', password: `guess ${i}` })),
    );

    expect(tried.filter(({ status }) => status === 429)).toHaveLength(4);
  });

  it('makes nobody count the guesses before it', async () => {
    const { logIn, tokenOf } = await aLogin();
    for (let i = 0; i < 9; i += 1) await logIn({ username: 'ann', password: 'guess' });
    await tokenOf();
    for (let i = 0; i < 9; i += 1) await logIn({ username: 'ann', password: 'guess' });

    expect((await logIn({ username: 'ann', password })).status).toBe(200);
  });
});

describe('a token', () => {
  it('ends after twelve hours', async () => {
    const { tokenOf, statusWith, clock } = await aLogin();
    const token = await tokenOf();
    clock.advance(11 * 60 * minute);
    expect(await statusWith(token)).toBe(200);
    clock.advance(62 * minute);

    expect(await statusWith(token)).toBe(401);
  });

  it.each(['removed', 'given another password'])('ends when its user is %s', async (what) => {
    const { deps, tokenOf, statusWith, clock } = await aLogin();
    const token = await tokenOf();
    expect(await statusWith(token)).toBe(200);

    if (what === 'removed') await removeUser(deps, 'ann');
    else await setPassword(deps, 'ann', 'another password');
    clock.advance(minute + 1);

    expect(await statusWith(token)).toBe(401);
  });

  it('cannot be made to last longer, or to be of somebody else', async () => {
    const { deps, tokenOf, statusWith } = await aLogin();
    const bob = { username: 'bob', orgId: 'beta', email: '', groups: [], password };
    await createUser(deps, bob);
    const [prefix, name, expiry, signature] = (await tokenOf()).split('_');

    const forged = [
      [prefix, name, `${Number(expiry) + 1}`, signature],
      [prefix, Buffer.from('bob').toString('hex'), expiry, signature],
      [prefix, name, expiry, 'f'.repeat(64)],
    ].map((parts) => parts.join('_'));

    for (const token of forged) expect(await statusWith(token)).toBe(401);
  });
});

describe('a user', () => {
  it('is there once, in whatever organisation', async () => {
    const { deps } = await aLogin();

    const again = { username: 'ann', orgId: 'acme', email: '', groups: [], password };

    expect(await createUser(deps, again)).toBe(false);
  });

  it('is kept without the password', async () => {
    const { deps } = await aLogin();

    const items = await deps.store.query({ pk: 'K#', order: 'ascending', limit: 10 });

    expect(JSON.stringify(items)).not.toContain(password);
  });
});
