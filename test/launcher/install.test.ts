import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Checkout, lockedPackages, type Packages } from './checkout.ts';

const packagesWhere = (isKept: (entry: Packages[string]) => boolean): Packages =>
  Object.fromEntries(Object.entries(lockedPackages).filter(([, entry]) => isKept(entry)));

describe('the install before a command', () => {
  it.each([
    ['serve', '24.1.0', 'ci --omit=dev --omit=optional'],
    ['serve', '20.1.0', 'ci --omit=dev --include=optional'],
    ['verify', '24.1.0', 'ci --include=dev --include=optional'],
    ['verify', '20.1.0', 'ci --include=dev --include=optional'],
  ])('brings what %s needs on Node %s', async (command, nodeVersion, npmCall) => {
    const checkout = new Checkout();

    const outcome = await checkout.launch(command, { nodeVersion });

    expect(outcome).toMatchObject({ code: 0, stdout: 'it runs\n' });
    expect(outcome.stderr).toBe(`longrun: installing what "${command}" needs (npm ${npmCall})\n`);
    expect(checkout.npmCalls()).toEqual([`${npmCall} --loglevel=error`]);
  });

  it.each([
    ['--quick', 'ci --omit=dev --omit=optional'],
    ['--bundles', 'ci --include=dev --include=optional'],
  ])(
    'brings what it takes to bundle only where that is measured: bench %s',
    async (arg, npmCall) => {
      const checkout = new Checkout();
      checkout.command('bench', '');

      await checkout.launch('bench', { args: [arg], nodeVersion: '24.1.0' });

      expect(checkout.npmCalls()).toEqual([`${npmCall} --loglevel=error`]);
    },
  );

  it('happens once', async () => {
    const checkout = new Checkout();
    await checkout.launch('serve', { nodeVersion: '20.1.0' });

    const second = await checkout.launch('serve', { nodeVersion: '20.1.0' });

    expect(second).toEqual({ code: 0, signal: null, stdout: 'it runs\n', stderr: '' });
    expect(checkout.npmCalls()).toHaveLength(1);
  });

  it('is not needed to start the service where everything is there', async () => {
    const checkout = new Checkout();
    await checkout.launch('verify');

    await checkout.launch('serve');

    expect(checkout.npmCalls()).toHaveLength(1);
  });

  it('does not wait for packages of another platform', async () => {
    const checkout = new Checkout();
    checkout.installed(packagesWhere(({ optional }) => !optional));

    const outcome = await checkout.launch('verify');

    expect(outcome).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['what only development needs is missing', packagesWhere(({ dev }) => !dev)],
    ['a version differs', { ...lockedPackages, 'node_modules/needed': { version: '0.9.0' } }],
    ['the Node for this platform is missing', packagesWhere(({ optional }) => !optional)],
  ])('keeps what a running service may be using if %s', async (_, packages) => {
    const checkout = new Checkout();
    checkout.installed(packages);

    await checkout.launch('verify', { nodeVersion: '20.1.0' });

    expect(checkout.npmCalls()).toEqual([
      'install --no-save --include=dev --include=optional --loglevel=error',
    ]);
  });

  it('starts nothing if npm fails, and passes its exit code on', async () => {
    const checkout = new Checkout();

    const outcome = await checkout.launch('serve', { env: { NPM_FAILS_WITH: '7' } });

    expect(outcome).toMatchObject({ code: 7, stdout: '' });
    expect(outcome.stderr).toContain(
      'longrun: npm failed with exit code 7, so "serve" was not started\n',
    );
  });

  it('is tried again after a failure', async () => {
    const checkout = new Checkout();
    await checkout.launch('serve', { env: { NPM_FAILS_WITH: '7' } });

    const outcome = await checkout.launch('serve');

    expect(outcome).toMatchObject({ code: 0, stdout: 'it runs\n' });
  });

  it('says so where there is no npm', async () => {
    const outcome = await new Checkout().launch('serve', { path: '/nowhere' });

    expect(outcome.code).toBe(127);
    expect(outcome.stderr).toContain('longrun: cannot start npm: ');
  });

  it('is done by one of two launchers that start at once', async () => {
    const checkout = new Checkout();
    const options = { env: { NPM_TAKES_MILLISECONDS: '500' } };

    const outcomes = await Promise.all([
      checkout.launch('serve', options),
      checkout.launch('serve', options),
    ]);

    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    expect(outcomes.map(({ stdout }) => stdout)).toEqual(['it runs\n', 'it runs\n']);
    expect(checkout.npmCalls()).toHaveLength(1);
  });

  it('takes over from a launcher that died installing', async () => {
    const checkout = new Checkout();
    const killed = checkout.start('serve', { env: { NPM_TAKES_MILLISECONDS: '3000' } });
    await expect.poll(() => checkout.npmCalls()).toHaveLength(1);
    killed.kill('SIGKILL');

    const outcome = await checkout.launch('serve');

    expect(outcome).toMatchObject({ code: 0, stdout: 'it runs\n' });
    expect(existsSync(join(checkout.root, '.installing'))).toBe(false);
  });
});
