import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { AgentFiles } from '#adapters/embedded/agent-files.ts';
import {
  EmbeddedRuntime,
  type EmbeddedRuntimeOptions,
} from '#adapters/embedded/embedded-runtime.ts';
import { EventFileRunBus } from '#adapters/embedded/event-file-run-bus.ts';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import { LocalBlobLinks } from '#adapters/embedded/local-blob-links.ts';
import { guardedFetch } from '#adapters/guarded-fetch/guarded-fetch.ts';
import { guardedPost } from '#adapters/guarded-fetch/guarded-post.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { makeApi } from '#api/api.ts';
import { authenticator } from '#api/authenticate.ts';
import { webhookBody } from '#api/webhook-body.ts';
import { blobServer } from './blob-server.ts';
import { checkDefaultAgent } from './check-default-agent.ts';
import { devTokenOf, lockDataDirectory } from './data-directory.ts';
import type { Environment } from './environment.ts';
import { greeting } from './greeting.ts';
import { closeServer, httpServer } from './http-server.ts';
import { checkLoopback, localOnly } from './local-only.ts';
import { logger } from './logger.ts';

const streamedWaitSeconds = 840;
const bufferedWaitSeconds = 25;
/** For answers to the requests in hand. */
const answerMs = 3_000;
const shutdownMs = 10_000;

interface ServeOptions {
  /** Whoever sends no credential is the organisation `dev`; on this machine only. @default false */
  readonly anonymous?: boolean;
  /** See EmbeddedRuntimeOptions. */
  readonly decorate?: EmbeddedRuntimeOptions['decorate'];
}

/**
 * Serves until the process is asked to stop.
 * @throws Error where it cannot, or must not, serve
 */
export async function serve(
  environment: Environment,
  { anonymous = false, decorate }: ServeOptions = {},
): Promise<void> {
  if (anonymous) checkLoopback(environment.HOST);
  const stopping = askedToStop();
  const dataDir = resolve(environment.DATA_DIR);
  // Example agents keep their data beside the service's.
  process.env['DATA_DIR'] = dataDir;
  const unlock = lockDataDirectory(dataDir);
  const log = logger(environment.LONGRUN_LOG_LEVEL);
  const blobs = new FileBlobStore(join(dataDir, 'blobs'));
  const reach = {
    fetchUrl: guardedFetch({ allowsLoopback: environment.LONGRUN_FETCH_FROM_LOOPBACK }),
    log,
  };
  const agents = new AgentFiles({ folder: environment.LONGRUN_AGENTS, blobs, reach, log });
  await agents.load();
  const declared = agents.declared().map(({ agent }) => agent);
  checkDefaultAgent(environment.LONGRUN_DEFAULT_AGENT, declared);
  const allowsLoopback = environment.LONGRUN_WEBHOOKS_TO_LOOPBACK;
  const baseUrl = () => environment.PUBLIC_BASE_URL ?? urlOf(server.address(), environment.HOST);
  const runtime = new EmbeddedRuntime({
    dataDir,
    agents,
    blobs,
    clock: systemClock,
    log,
    settings: {
      slotsPerTenant: environment.LONGRUN_SLOTS_PER_TENANT,
      retentionSeconds: environment.LONGRUN_RETENTION_DAYS * 24 * 3600,
      webhooksToLoopback: allowsLoopback,
    },
    webhooks: (deps) => ({
      post: guardedPost({ allowsLoopback }),
      webhookBody: webhookBody(deps, baseUrl),
    }),
    ...(environment.LONGRUN_EVENTS_FILE
      ? { bus: new EventFileRunBus(resolve(environment.LONGRUN_EVENTS_FILE)) }
      : {}),
    publicBaseUrl: environment.PUBLIC_BASE_URL,
    ...(decorate ? { decorate } : {}),
  });
  const token = environment.LONGRUN_DEV_TOKEN ?? devTokenOf(dataDir);
  const principal = { orgId: 'dev', userId: 'dev-user', name: 'dev' };
  const links = new LocalBlobLinks(systemClock);
  const api = makeApi({
    ...runtime.deps,
    calendar: async () => runtime.deps.calendar,
    links,
    authenticate: authenticator({
      ...runtime.deps,
      devToken: { token, principal },
      anonymous: anonymous ? principal : undefined,
    }),
    publicBaseUrl: environment.PUBLIC_BASE_URL,
    defaultAgent: environment.LONGRUN_DEFAULT_AGENT,
    waiting: waitingOf(environment),
  });
  const served = anonymous ? localOnly(api) : api;
  const serveBlob = blobServer(links, blobs);
  const server = httpServer(served, () => runtime.settled(), stopping, serveBlob);
  // Before any run is touched: a service that finds its port taken must leave no trace in them.
  await new Promise<void>((listening, failed) => {
    const busy = (error: NodeJS.ErrnoException) =>
      failed(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${environment.PORT} is taken. Set PORT to another.`)
          : error,
      );
    server.once('error', busy).listen(environment.PORT, environment.HOST, listening);
  });
  await runtime.start();
  agents.watch();
  const list = agents.list(principal.orgId);
  console.log(greeting({ baseUrl: baseUrl(), token, agents: list, dataDir, anonymous }));

  await aborted(stopping);
  console.log('\nStopping: runs in flight go on at the next start.');
  // Whatever hangs must not keep the service from ending: its runs are safe.
  setTimeout(() => process.exit(1), shutdownMs).unref();
  agents.close();
  await closeServer(server, answerMs);
  await runtime.stop();
  unlock();
}

const waitingOf = ({ LONGRUN_RESPONSE_MODE, LONGRUN_SYNC_WAIT_SECONDS }: Environment) => {
  const streaming = LONGRUN_RESPONSE_MODE === 'streaming';
  const seconds =
    LONGRUN_SYNC_WAIT_SECONDS ?? (streaming ? streamedWaitSeconds : bufferedWaitSeconds);
  return { streaming, limitMs: seconds * 1000 };
};

function askedToStop(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop.abort(signal));
  return stop.signal;
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });

function urlOf(address: AddressInfo | string | null, host: string): string {
  const port = typeof address === 'object' ? address?.port : undefined;
  const name = ['127.0.0.1', '::1'].includes(host) ? 'localhost' : host;
  return `http://${name}:${port}`;
}
