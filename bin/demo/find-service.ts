import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceProcess } from '../bench/service-process.ts';
import { devTokenOf } from '../data-directory.ts';
import { type Environment, readEnvironment } from '../environment.ts';

export interface Service {
  readonly url: string;
  readonly token: string;
  readonly isOwn: boolean;
}

const ownToken = 'dev-token-of-the-demo';
const answerMs = 3000;

/**
 * The service that is up on this machine, or else one of the demo's own.
 * @param cleanup ends what was started
 * @throws Error where one is up and its token is not known here
 */
export async function findService(cleanup: AsyncDisposableStack): Promise<Service> {
  const environment = readEnvironment(process.env);
  const url = `http://localhost:${environment.PORT}`;
  return (await isUp(url)) ? existing(url, environment) : own(cleanup);
}

async function isUp(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(answerMs) });
    const text = await response.text();
    return response.ok && text.includes('healthy');
  } catch {
    return false;
  }
}

async function existing(url: string, environment: Environment): Promise<Service> {
  const token = tokenFor(environment);
  const accepted = token !== undefined && (await isAccepted(url, token));
  if (accepted) return { url, token, isOwn: false };
  const problem = token === undefined ? 'its token is not known here' : 'it refuses the token';
  throw new Error(
    `There is a service on ${url}, and ${problem}. Set LONGRUN_DEV_TOKEN to its token or DATA_DIR ` +
      'to its data directory, or PORT to another port for a service of the demo’s own.',
  );
}

/** Asks for the token of a directory only where there is one: it would be made. */
function tokenFor({ LONGRUN_DEV_TOKEN, DATA_DIR }: Environment): string | undefined {
  return LONGRUN_DEV_TOKEN ?? (existsSync(DATA_DIR) ? devTokenOf(DATA_DIR) : undefined);
}

async function isAccepted(url: string, token: string): Promise<boolean> {
  const response = await fetch(`${url}/api/agents`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await response.body?.cancel();
  return response.ok;
}

async function own(cleanup: AsyncDisposableStack): Promise<Service> {
  const dataDir = await mkdtemp(join(tmpdir(), 'longrun-demo-'));
  cleanup.defer(() => rm(dataDir, { recursive: true, force: true }));
  const service = await ServiceProcess.start(
    { DATA_DIR: dataDir, LONGRUN_DEV_TOKEN: ownToken, LONGRUN_LOG_LEVEL: 'error' },
    { inherits: true },
  );
  cleanup.defer(() => service.stop());
  return { url: service.url, token: ownToken, isOwn: true };
}
