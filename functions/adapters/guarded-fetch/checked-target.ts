import { isIP } from 'node:net';
import { isLoopback, isPublic } from '#core/address-guard.ts';
import { UrlFetchError } from '#core/url-fetch.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** Where to connect: a URL, and the addresses that were checked for it. */
export interface CheckedTarget {
  readonly url: URL;
  readonly addresses: readonly ResolvedAddress[];
}

/**
 * Looks a URL's host up once and checks all that comes of it.
 * @param allowsLoopback whether http, and addresses of this machine, will do: for development only
 * @throws UrlFetchError
 */
export async function checkTarget(
  url: URL,
  resolve: Resolve,
  allowsLoopback: boolean,
): Promise<CheckedTarget> {
  if (url.protocol !== 'https:' && !(allowsLoopback && url.protocol === 'http:'))
    throw new UrlFetchError(`${url.protocol}// is not fetched, only https:// is`);
  if (url.username !== '' || url.password !== '')
    throw new UrlFetchError('a URL with a name or a password in it is not fetched');
  const addresses = await addressesOf(url, resolve);
  // One forbidden address among several is enough to be sent there by chance.
  const allowed = ({ address }: ResolvedAddress) =>
    isPublic(address) || (allowsLoopback && isLoopback(address));
  if (addresses.length === 0 || !addresses.every(allowed))
    throw new UrlFetchError(`${url.hostname} is not a public address`);
  return { url, addresses };
}

async function addressesOf({ hostname }: URL, resolve: Resolve) {
  // The URL parser has brought every spelling of an address to the one that isIP knows.
  const literal = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(literal);
  if (family !== 0) return [{ address: literal, family }];
  try {
    return await resolve(hostname);
  } catch (cause) {
    throw new UrlFetchError(`${hostname} cannot be found`, { isPassing: true, cause });
  }
}
