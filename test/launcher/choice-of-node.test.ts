import { describe, expect, it } from 'vitest';
import { Checkout } from './checkout.ts';

describe('the Node that a command runs on', () => {
  it('is 24 or newer where the tests run', () => {
    expect(Number.parseInt(process.versions.node, 10)).toBeGreaterThanOrEqual(24);
  });

  it('is the one at hand if that is new enough', async () => {
    const checkout = new Checkout();
    checkout.installed();
    checkout.bundledNode();
    checkout.command('serve', 'console.log(process.execPath, process.env.NODE_IS)');

    const outcome = await checkout.launch('serve');

    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toBe(`${process.execPath} undefined\n`);
  });

  it.each(['20.0.0', '22.23.2', '23.11.0'])(
    'is the bundled one on Node %s',
    async (nodeVersion) => {
      const checkout = new Checkout();
      checkout.installed();
      checkout.bundledNode();
      checkout.command('serve', 'console.log(process.env.NODE_IS)');

      const outcome = await checkout.launch('serve', { nodeVersion });

      expect(outcome).toMatchObject({ code: 0, stdout: 'bundled\n', stderr: '' });
    },
  );

  it('comes first on the PATH of what it runs', async () => {
    const checkout = new Checkout();
    checkout.installed();
    const folder = checkout.bundledNode();
    checkout.command('serve', `console.log(process.env.PATH)`);

    const outcome = await checkout.launch('serve', { nodeVersion: '20.0.0' });

    expect(outcome.stdout.split(':')[0]).toBe(folder);
  });

  it.each(['12.22.0', '18.20.8'])('is asked for in one line on Node %s', async (nodeVersion) => {
    const outcome = await new Checkout().launch('serve', { nodeVersion });

    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toBe(
      `longrun: needs Node 20 or newer to start, this is ${nodeVersion}\n`,
    );
  });

  it('is asked for in one line where npm has no build for the platform', async () => {
    const checkout = new Checkout();
    checkout.write('package-lock.json', '{"packages":{"node_modules/needed":{"version":"1.0.0"}}}');

    const outcome = await checkout.launch('serve', { nodeVersion: '20.0.0' });

    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toMatch(/^longrun: needs Node 24 or newer; this is 20\.0\.0, .*\n$/);
    expect(checkout.npmCalls()).toEqual([]);
  });

  it('is asked for in one line where the bundled one does not start', async () => {
    const checkout = new Checkout();
    checkout.installed();
    checkout.bundledNode('exit 127\n');

    const outcome = await checkout.launch('serve', { nodeVersion: '20.0.0' });

    expect(outcome).toMatchObject({ code: 1, stdout: '' });
    expect(outcome.stderr).toMatch(/^longrun: needs Node 24 or newer; this is 20\.0\.0, .*\n$/);
  });
});
