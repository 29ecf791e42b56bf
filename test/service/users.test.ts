import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#adapters/system-clock.ts';
import { findPrincipal } from '#core/tenant/api-keys.ts';
import { logIn } from '#core/tenant/log-in.ts';
import { toPrincipal } from '#core/tenant/users.ts';
import { openStore } from '../../bin/open-store.ts';
import { runCommand } from './command.ts';

/** The commands of a service that is not running, and a look into its data. */
function aService() {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'longrun-users-'));
  const run = (name: string, ...args: string[]) => runCommand(name, args, { DATA_DIR });
  const look = async <T>(at: (deps: Awaited<ReturnType<typeof openHere>>) => Promise<T>) => {
    const deps = await openHere();
    try {
      return await at(deps);
    } finally {
      await deps.close();
    }
  };
  const openHere = async () => {
    process.env['DATA_DIR'] = DATA_DIR;
    return { ...(await openStore(undefined)), clock: systemClock };
  };
  return { run, look };
}

describe('npm run users', () => {
  it('makes a user with a password that lets in, and with groups', async () => {
    const { run, look } = aService();

    const { stdout, code } = await run(
      'users',
      ...['create', '--org', 'acme', '--username', 'ann', '--group', 'approvers'],
    );
    const password = stdout.trim();
    const loggedIn = await look((deps) => logIn(deps, { username: 'ann', password }));

    expect(code).toBe(0);
    expect(loggedIn && toPrincipal(loggedIn.user)).toEqual({
      orgId: 'acme',
      userId: 'ann',
      name: 'user:ann',
      groups: ['approvers'],
    });
  });

  it('sets another password, lists, and removes', async () => {
    const { run, look } = aService();
    const first = await run('users', 'create', '--org', 'acme', '--username', 'ann');

    const second = await run('users', 'password', 'ann');
    const old = { username: 'ann', password: first.stdout.trim() };
    const withOld = await look((deps) => logIn(deps, old));
    const withNew = await look((deps) => logIn(deps, { ...old, password: second.stdout.trim() }));
    const listed = await run('users', 'list');
    const removed = await run('users', 'remove', 'ann');

    expect(withOld).toBeUndefined();
    expect(withNew).toBeDefined();
    expect(listed.stdout.trim()).toBe('ann  acme');
    expect(removed.code).toBe(0);
    expect((await run('users', 'list')).stdout).toBe('');
  });

  it.each([
    [['create', '--org', 'acme'], '--username is missing.', 2],
    [['create', '--org', 'Acme!', '--username', 'ann'], '--org must match', 2],
    [['create', '--org', 'acme', '--username', 'a b'], '--username must match', 2],
    [['remove', 'nobody'], 'There is no user nobody.', 1],
    [['remove'], 'NAME is missing.', 2],
    [['walk'], 'There is no walk.', 2],
  ])('says what is wrong with %j', async (args, message, exitCode) => {
    const { run } = aService();

    const { code, stderr } = await run('users', ...args);

    expect(code).toBe(exitCode);
    expect(stderr).toContain(message);
  });
});

it('npm run keys makes a key with groups', async () => {
  const { run, look } = aService();

  const { stdout } = await run(
    'keys',
    ...['create', '--org', 'acme', '--group', 'approvers', '--group', 'staff'],
  );

  expect(await look((deps) => findPrincipal(deps, stdout.trim()))).toMatchObject({
    orgId: 'acme',
    userId: 'api',
    groups: ['approvers', 'staff'],
  });
});
