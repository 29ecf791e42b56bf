import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const startsWithinSeconds = 60;
const endsWithinSeconds = 15;

/** A fresh embedded service in a process of its own, with two tenants. */
export interface ServiceProcess {
  readonly url: string;
  readonly token: string;
  readonly otherToken: string;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** @throws with what the service has printed, when it does not begin to serve */
export async function startService(
  settings: Readonly<Record<string, string>>,
  entry = 'bin/serve.ts',
  args: readonly string[] = [],
): Promise<ServiceProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'longrun-conformance-'));
  const token = `dev-${randomBytes(16).toString('hex')}`;
  const env = {
    ...process.env,
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    LONGRUN_DEV_TOKEN: token,
    ...settings,
  };
  const otherToken = createKey(env);
  const service = spawn(process.execPath, [entry, ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killWithUs = () => service.kill('SIGKILL');
  process.once('exit', killWithUs);
  const stop = async () => {
    await end(service);
    process.off('exit', killWithUs);
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    return { url: await addressOf(service), token, otherToken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const createKey = (env: NodeJS.ProcessEnv): string =>
  execFileSync(process.execPath, ['bin/keys.ts', 'create', '--org', 'acme'], {
    cwd: root,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .trim()
    .split('\n')
    .at(-1) ?? '';

/** Of what it prints once it serves. */
function addressOf(service: ChildProcess): Promise<string> {
  let printed = '';
  return new Promise((resolve, reject) => {
    const fail = (what: string) =>
      reject(new Error(`The service ${what}. It printed:\n${printed}`));
    const timer = setTimeout(fail, startsWithinSeconds * 1000, 'did not begin to serve');
    for (const stream of [service.stdout, service.stderr])
      stream?.on('data', (chunk) => {
        printed += chunk;
        const [, url] = /serving on (http:\S+)/.exec(printed) ?? [];
        if (url === undefined) return;
        clearTimeout(timer);
        resolve(url);
      });
    service.once('exit', () => fail('ended'));
  });
}

async function end(service: ChildProcess): Promise<void> {
  if (service.exitCode !== null || service.signalCode !== null) return;
  const ended = new Promise((resolve) => service.once('exit', resolve));
  service.kill('SIGTERM');
  const timer = setTimeout(() => service.kill('SIGKILL'), endsWithinSeconds * 1000);
  await ended;
  clearTimeout(timer);
}
