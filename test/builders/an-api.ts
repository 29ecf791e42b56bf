import { LocalBlobLinks } from '#adapters/embedded/local-blob-links.ts';
import type { AgentDefinition } from '#agent/define-agent.ts';
import { makeApi } from '#api/api.ts';
import type { ApiResult } from '#api/api-event.ts';
import { authenticator } from '#api/authenticate.ts';
import type { DialectDeps, WaitSettings } from '#api/dialect-deps.ts';
import type { RunWatch } from '#core/run/run-watch.ts';
import { aContext } from './a-context.ts';
import { type ApiEventOptions, anApiEvent } from './an-api-event.ts';
import { anEngine } from './an-engine.ts';
import { collect } from './collect.ts';

export const devToken = 'token-of-the-tests';

interface ApiOptions {
  readonly agents?: readonly AgentDefinition[];
  readonly waiting?: Partial<WaitSettings>;
  readonly publicBaseUrl?: string | undefined;
  /** @default a database in memory */
  readonly dataDir?: string;
  /** What the API works with instead of the engine's. */
  readonly deps?: Partial<DialectDeps>;
}

export interface Reply {
  readonly status: number;
  readonly headers: ApiResult['headers'];
  /** All of the body, streamed or not. */
  readonly text: string;
  /** The body as JSON, where it is. */
  readonly json: unknown;
}

export interface LogEntry {
  readonly level: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

/** The API over an engine at work, asked in this process as organisation `acme`. */
export async function anApi(options: ApiOptions = {}) {
  const engine = await anEngine({
    ...(options.agents ? { agents: options.agents } : {}),
    ...(options.dataDir ? { dataDir: options.dataDir } : {}),
  });
  const logged: LogEntry[] = [];
  const deps: DialectDeps = {
    ...engine.deps,
    calendar: async () => engine.deps.calendar,
    links: new LocalBlobLinks(engine.clock),
    waiting: { limitMs: 10_000, streaming: false, ...options.waiting },
    ...options.deps,
    log: (level, message, fields) => void logged.push({ level, message, fields }),
  };
  const principal = { orgId: 'acme', userId: 'ann', name: 'dev' };
  const api = makeApi({
    ...deps,
    authenticate: authenticator({ ...deps, devToken: { token: devToken, principal } }),
    publicBaseUrl: options.publicBaseUrl,
  });
  /** The handler's own result, of which a stream has not been read yet. */
  const ask = (event: ApiEventOptions) =>
    api(anApiEvent({ headers: { authorization: `Bearer ${devToken}` }, ...event }), aContext());
  const call = async (event: ApiEventOptions): Promise<Reply> => {
    const { statusCode, headers, body, stream } = await ask(event);
    const text = stream ? (await collect(stream)).join('') : body;
    return { status: statusCode, headers, text, json: jsonOf(text) };
  };
  return { ...engine, logged, ask, call };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Lets readers look again in every turn of the event loop, so that only the clock's time passes. */
export const restlessWatch: RunWatch = {
  isRead: async () => false,
  watch: () => ({
    changed: () => new Promise((resolve) => void setImmediate(resolve)),
    moved: () => undefined,
    close: () => undefined,
  }),
};
