import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '../..');
const startsWithinSeconds = 60;

/** What every client of the emulator needs in its environment. It takes any credentials. */
export interface EmulatorEnvironment {
  readonly AWS_ENDPOINT_URL: string;
  readonly AWS_REGION: string;
  readonly AWS_DEFAULT_REGION: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
}

export interface EmulatorProcess {
  readonly environment: EmulatorEnvironment;
  /** For files that are of no use without it. */
  readonly folder: string;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** A fresh emulator on a free port of this machine. @throws with what it has printed */
export async function startEmulator(python: string): Promise<EmulatorProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'longrun-emulator-'));
  // The functions it runs lie in there: without this they would be of the type of a package above.
  writeFileSync(join(folder, 'package.json'), '{}');
  const port = await freePort();
  const environment = environmentOf(`http://127.0.0.1:${port}`);
  const logFile = join(folder, 'emulator.log');
  const log = openSync(logFile, 'a');
  const keeper = spawn(
    process.execPath,
    [join(import.meta.dirname, 'keep-emulator.ts'), python, '-m', 'ministack'],
    {
      cwd: folder,
      // Functions inherit this, so nothing of the host's own environment is in it.
      env: {
        ...environment,
        // Functions run on the first node of this path.
        PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
        HOME: folder,
        TMPDIR: folder,
        NODE_PATH: join(root, 'node_modules'),
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: `${port}`,
      },
      stdio: ['pipe', log, log],
    },
  );
  const ended = once(keeper, 'exit');
  const stop = async () => {
    keeper.stdin?.end();
    await ended;
  };
  try {
    await untilHealthy(environment.AWS_ENDPOINT_URL, keeper);
  } catch (error) {
    const printed = readFileSync(logFile, 'utf8');
    await stop();
    throw new Error(`The AWS emulator does not start. It printed:\n${printed}`, { cause: error });
  }
  return { environment, folder, stop };
}

const environmentOf = (url: string): EmulatorEnvironment => ({
  AWS_ENDPOINT_URL: url,
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}

async function untilHealthy(url: string, keeper: ChildProcess): Promise<void> {
  const giveUpAt = performance.now() + startsWithinSeconds * 1000;
  for (;;) {
    const health = await fetch(`${url}/_ministack/health`).catch(() => undefined);
    await health?.body?.cancel();
    if (health?.ok) return;
    if (keeper.exitCode !== null) throw new Error(`It ended with exit code ${keeper.exitCode}`);
    if (performance.now() > giveUpAt) throw new Error(`Not within ${startsWithinSeconds} s`);
    await sleep(50);
  }
}
