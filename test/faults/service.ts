import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

export const devToken = 'token-of-the-fault-tests';

const root = resolve(import.meta.dirname, '../..');
const startDeadlineMs = 60_000;
const askEveryMs = 20;
/** Below what systems hand out by themselves, so that nobody takes it between two starts. */
const ports = { from: 20_000, count: 10_000 };

export interface Exit {
  /** `null` where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface ServiceOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

/** The service on one data directory and one port, through all its processes. */
export class Service {
  readonly dataDir: string;
  readonly port: number;
  readonly url: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #output: string[] = [];
  #child: ChildProcess | undefined;
  #closed = false;
  #exit: Promise<Exit> = Promise.resolve({ code: null, signal: null });

  constructor({ dataDir, port, env }: ServiceOptions) {
    this.dataDir = dataDir;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#env = env;
  }

  /** All that its processes have printed. */
  get output(): string {
    return this.#output.join('');
  }

  /** Resolves when the process in hand has ended, however it does. */
  get exit(): Promise<Exit> {
    return this.#exit;
  }

  /** Starts a process without waiting for anything. */
  launch(): void {
    // A test that has timed out goes on, and must leave no process behind.
    if (this.#closed) throw new Error('The test of this service is over');
    const child = spawn(process.execPath, ['bin/serve.ts'], {
      cwd: root,
      env: {
        ...process.env,
        HOST: '127.0.0.1',
        PORT: String(this.port),
        DATA_DIR: this.dataDir,
        LONGRUN_AGENTS: join(import.meta.dirname, 'agents'),
        LONGRUN_DEV_TOKEN: devToken,
        LONGRUN_LOG_LEVEL: 'warn',
        ...this.#env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => this.#output.push(text));
    this.#child = child;
    this.#exit = once(child, 'close').then(() => {
      if (this.#child === child) this.#child = undefined;
      return { code: child.exitCode, signal: child.signalCode };
    });
  }

  /** @throws when the process ends instead of serving */
  async start(): Promise<void> {
    if (!(await this.startOrEnd())) throw new Error(`The service ended:\n${this.output}`);
  }

  /** @returns whether it serves; `false` where its process has ended instead */
  async startOrEnd(): Promise<boolean> {
    this.launch();
    const endsAt = Date.now() + startDeadlineMs;
    while (Date.now() < endsAt) {
      if (this.#child === undefined) return false;
      if (await this.#isHealthy()) return true;
      await sleep(askEveryMs);
    }
    throw new Error(`The service does not answer:\n${this.output}`);
  }

  /** As if the machine had gone: the process gets no chance to say anything. */
  kill(): Promise<Exit> {
    return this.stop('SIGKILL');
  }

  async stop(signal: NodeJS.Signals): Promise<Exit> {
    this.#child?.kill(signal);
    return this.#exit;
  }

  /** For good. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.kill();
  }

  async #isHealthy(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health`)).ok;
    } catch {
      return false;
    }
  }
}

/** A service that is not started yet; it ends, and its data go, with the test or hook. */
export async function aService(
  options: Partial<ServiceOptions> = {},
  finished: (cleanUp: () => Promise<void>) => void = onTestFinished,
): Promise<Service> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'longrun-faults-'));
  const port = options.port ?? (await aFreePort());
  const service = new Service({ dataDir, port, env: options.env ?? {} });
  const killWithTests = () => void service.close();
  process.once('exit', killWithTests);
  finished(async () => {
    process.off('exit', killWithTests);
    await service.close();
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  });
  return service;
}

async function aFreePort(): Promise<number> {
  for (;;) {
    const port = ports.from + Math.floor(Math.random() * ports.count);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer()
    .once('error', () => resolve(false))
    .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  return promise;
}
