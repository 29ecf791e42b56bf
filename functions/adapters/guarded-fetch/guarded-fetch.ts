import { lookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { unlessAborted } from '#core/unless-aborted.ts';
import { type FetchedUrl, type UrlFetch, UrlFetchError } from '#core/url-fetch.ts';
import { type CheckedTarget, checkTarget, type Resolve } from './checked-target.ts';
import { exchange, readBody } from './exchange.ts';

interface GuardOptions {
  /** Whether http, and addresses of this machine, will do: for development only. @default false */
  readonly allowsLoopback?: boolean;
  /** @default - the system's own */
  readonly resolve?: Resolve;
  /** For all of one URL, redirects and body included. @default 30_000 */
  readonly timeoutMs?: number;
}

const mostRedirects = 3;
const redirects: ReadonlySet<number | undefined> = new Set([301, 302, 303, 307, 308]);
const passing: ReadonlySet<number | undefined> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * A client for URLs that somebody else has chosen: https only, to public addresses only. A name is
 * looked up once, all of its addresses are checked, and the connection goes to these; so at every
 * redirect. Size and time are limited.
 */
export function guardedFetch({
  allowsLoopback = false,
  resolve = systemResolve,
  timeoutMs = 30_000,
}: GuardOptions = {}): UrlFetch {
  const check = (url: URL) => checkTarget(url, resolve, allowsLoopback);
  return async (url, { maxBytes, signal }) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const limited = AbortSignal.any([signal, timeout]);
    try {
      const answer = await follow(parse(url), check, limited);
      return await toFetched(answer, maxBytes, limited);
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.aborted)
        throw new UrlFetchError(`took longer than ${timeoutMs / 1000} s`, { isPassing: true });
      throw error;
    }
  };
}

export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true });

function parse(url: string, base?: string): URL {
  if (!URL.canParse(url, base)) throw new UrlFetchError('is not a valid URL');
  return new URL(url, base);
}

async function follow(
  url: URL,
  check: (url: URL) => Promise<CheckedTarget>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  let next = url;
  for (let made = 0; ; made += 1) {
    const target = await unlessAborted(check(next), signal);
    const answer = await exchange(target, signal);
    const { location } = answer.headers;
    if (!redirects.has(answer.statusCode) || location === undefined) return answer;
    answer.destroy();
    if (made === mostRedirects) throw new UrlFetchError(`redirects more than ${made} times`);
    next = parse(location, next.href);
  }
}

async function toFetched(
  answer: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
): Promise<FetchedUrl> {
  const { statusCode, headers } = answer;
  if (statusCode !== 200) {
    answer.destroy();
    throw new UrlFetchError(`answers ${statusCode}`, { isPassing: passing.has(statusCode) });
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    answer.destroy();
    throw new UrlFetchError(`answers in ${encoding}, which nobody asked for`);
  }
  const bytes = await readBody(answer, maxBytes, signal);
  const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return { bytes, ...(mediaType ? { mediaType } : {}) };
}
