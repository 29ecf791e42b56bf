import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Environment } from '../environment.ts';

const root = join(import.meta.dirname, '../..');
const startMs = 30_000;
const stopMs = 15_000;
const healthEveryMs = 5;

/** Of the variables in bin/environment.ts; those that are left out have their defaults. */
export type ServiceEnvironment = Readonly<Partial<Record<keyof Environment, string>>>;

interface StartOptions {
  /** Whether it has the keys, the agents and the limits that this process was given. @default false */
  readonly inherits?: boolean;
}

/** A service that this process started: it ends with it. */
export class ServiceProcess {
  readonly url: string;
  /** From the start of the process to the first answer of /health. */
  readonly startMs: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string, startedMs: number) {
    this.#child = child;
    this.url = url;
    this.startMs = startedMs;
  }

  /**
   * Starts bin/serve.ts on a free port of this machine. What it logs goes to standard error.
   * @param environment goes before whatever is inherited
   * @throws Error where it is not healthy within 30 s
   */
  static async start(
    environment: ServiceEnvironment,
    { inherits = false }: StartOptions = {},
  ): Promise<ServiceProcess> {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [join(root, 'bin/serve.ts')], {
      cwd: root,
      env: {
        ...(inherits ? ownEnvironment() : othersEnvironment()),
        HOST: '127.0.0.1',
        PORT: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    try {
      const signal = AbortSignal.timeout(startMs);
      const url = await addressOf(child, signal);
      await healthy(url, signal);
      return new ServiceProcess(child, url, performance.now() - startedAt);
    } catch (error) {
      kill();
      throw new Error('The service did not start', { cause: error });
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Asks it to stop, and after 15 s does not ask any more. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopMs);
    await exited;
    clearTimeout(timer);
  }
}

/** Without what is meant for a service that the caller starts. */
const othersEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !(name in Environment.shape)));

/** Without what names another service: its address, its file of events, how it answers. */
const ownEnvironment = () => ({
  ...process.env,
  PUBLIC_BASE_URL: '',
  LONGRUN_EVENTS_FILE: '',
  LONGRUN_RESPONSE_MODE: '',
  ...agentsFromHere(),
});

/** It runs in another folder than this process may. */
const agentsFromHere = () => {
  const folder = process.env['LONGRUN_AGENTS'];
  return folder ? { LONGRUN_AGENTS: resolve(folder) } : {};
};

/** Its greeting names the port that it was given. */
async function addressOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  if (child.stdout === null) throw new Error('The service has no standard output.');
  const lines = createInterface({ input: child.stdout, signal });
  for await (const line of lines) {
    const port = /serving on http:\/\/\S+?:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return `http://127.0.0.1:${port}`;
  }
  throw new Error('It ended, or took too long.');
}

async function healthy(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/health`, { signal }).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    signal.throwIfAborted();
    await sleep(healthEveryMs);
  }
}
