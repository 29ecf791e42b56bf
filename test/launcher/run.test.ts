import type { ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Checkout, outcomeOf } from './checkout.ts';

const countsSignals = `
  let count = 0;
  process.on('SIGTERM', () => {
    count += 1;
    setTimeout(() => { console.log('signals: ' + count); process.exit(5); }, 300);
  });
  setInterval(() => {}, 1000);
  console.log('ready');
`;

function anInstalledCheckout(source: string): Checkout {
  const checkout = new Checkout();
  checkout.installed();
  checkout.command('serve', source);
  return checkout;
}

const isReady = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => child.stdout?.once('data', resolve));

describe('a launched command', () => {
  it('gets the arguments, and its exit code is the launcher’s', async () => {
    const checkout = anInstalledCheckout(
      'console.log(process.argv.slice(2).join()); process.exitCode = 3;',
    );

    const outcome = await checkout.launch('serve', { args: ['--port', '0'] });

    expect(outcome).toEqual({ code: 3, signal: null, stdout: '--port,0\n', stderr: '' });
  });

  it('gets a signal that was sent to the launcher alone, and is waited for', async () => {
    const launcher = anInstalledCheckout(countsSignals).start('serve');
    const outcome = outcomeOf(launcher);
    await isReady(launcher);

    launcher.kill('SIGTERM');

    expect(await outcome).toMatchObject({ code: 5, stdout: 'ready\nsignals: 1\n' });
  });

  it('gets a signal once that npm and the system both send', async () => {
    const launcher = anInstalledCheckout(countsSignals).start('serve');
    const outcome = outcomeOf(launcher);
    await isReady(launcher);

    launcher.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 50));
    launcher.kill('SIGTERM');

    expect(await outcome).toMatchObject({ code: 5, stdout: 'ready\nsignals: 1\n' });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is ended by %s', async (signal) => {
    const launcher = anInstalledCheckout(`setInterval(() => {}, 1000); console.log('ready')`).start(
      'serve',
    );
    const outcome = outcomeOf(launcher);
    await isReady(launcher);

    launcher.kill(signal);

    expect(await outcome).toMatchObject({ code: null, signal });
  });

  it('that a signal kills takes the launcher with it', async () => {
    const checkout = anInstalledCheckout(`process.kill(process.pid, 'SIGKILL')`);

    const outcome = await checkout.launch('serve');

    expect(outcome).toMatchObject({ code: null, signal: 'SIGKILL' });
  });

  it('has to be one that there is', async () => {
    const outcome = await new Checkout().launch('sevre');

    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(/^usage: node bin\/launch\.mjs serve\|.*\n$/);
  });
});
