import { isAddress, isLoopback, isPublic } from '../address-guard.ts';
import { RunError } from '../run/run-error.ts';

const maxCharacters = 2048;
/** Names that mean this machine or this network, wherever they are asked for. */
const localName = /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home|corp|arpa)$/;

/**
 * Refuses what can never be delivered to. A name is looked up and checked again at each delivery.
 * @param allowsLoopback whether http, and this machine, will do: for development only
 * @throws RunError invalid_webhook_url
 */
export function checkWebhookUrl(
  url: string,
  { allowsLoopback }: { readonly allowsLoopback: boolean },
): void {
  if (url.length > maxCharacters) throw refused(`must have at most ${maxCharacters} characters`);
  if (!URL.canParse(url)) throw refused('is not a valid URL');
  const { protocol, username, password, hostname } = new URL(url);
  if (protocol !== 'https:' && !(allowsLoopback && protocol === 'http:'))
    throw refused('must start with https://');
  if (username !== '' || password !== '') throw refused('must not hold a name or a password');
  if (!isReachable(hostname, allowsLoopback))
    throw refused(`must not lead to ${hostname}: that is not a public address`);
}

function isReachable(hostname: string, allowsLoopback: boolean): boolean {
  // The URL parser has brought every spelling of an address to one, and names to lower case.
  const host = hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  if (isAddress(host)) return isPublic(host) || (allowsLoopback && isLoopback(host));
  if (allowsLoopback && host === 'localhost') return true;
  return host.includes('.') && !localName.test(host);
}

const refused = (reason: string) =>
  new RunError('invalid_webhook_url', `The webhook's URL ${reason}.`);
