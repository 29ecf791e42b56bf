import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { UrlFetchError } from '#core/url-fetch.ts';
import type { CheckedTarget, ResolvedAddress } from './checked-target.ts';

const commonHeaders = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'longrun' };

/** @default a GET */
export interface Posted {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Asks a checked target, or posts to it, at the addresses that were checked and no others.
 * @returns the answer, of which only the head has been read
 * @throws UrlFetchError; whatever the signal aborted with
 */
export async function exchange(
  { url, addresses }: CheckedTarget,
  signal: AbortSignal,
  posted?: Posted,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { request } = url.protocol === 'https:' ? https : http;
  // Neither a connection that somebody else has opened, nor a proxy.
  const method = posted ? 'POST' : 'GET';
  const headers = { ...commonHeaders, ...posted?.headers };
  request(url, { agent: false, method, headers, lookup: pinned(addresses), signal })
    .once('response', resolve)
    .on('error', reject)
    .end(posted?.body);
  try {
    return await promise;
  } catch (cause) {
    signal.throwIfAborted();
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new UrlFetchError(`${url.host} does not answer: ${what}`, { isPassing: true, cause });
  }
}

const pinned =
  (addresses: readonly ResolvedAddress[]): LookupFunction =>
  (hostname, { all }, callback) => {
    const [first] = addresses;
    if (all) callback(null, [...addresses]);
    else if (first) callback(null, first.address, first.family);
    else callback(new Error(`${hostname} has no address`), '', 0);
  };

/** @throws UrlFetchError for more bytes than that; whatever the signal aborted with */
export async function readBody(
  answer: IncomingMessage,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const tooLarge = () => {
    answer.destroy();
    return new UrlFetchError(`has more than the ${maxBytes} bytes that are fetched`);
  };
  if (Number(answer.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof UrlFetchError) throw cause;
    throw new UrlFetchError('broke off', { isPassing: true, cause });
  }
  return Buffer.concat(chunks);
}
