import { headersFrom, type RequestHeaders, secretsIn } from '../request-headers.ts';
import type { SecretReader } from '../secrets.ts';
import {
  PassingRemoteError,
  RemoteError,
  type RemoteTransport,
  saying,
} from './remote-transport.ts';

/**
 * A remote agent behind a URL: each request is a POST.
 * @throws Error where it is no URL of HTTP
 */
export function httpTransport(
  url: string,
  headers: RequestHeaders,
  secret: SecretReader,
): RemoteTransport {
  const { protocol, host } = URL.parse(url) ?? {};
  if (host === undefined || !/^https?:$/.test(protocol ?? ''))
    throw new Error(`the endpoint ${url} is no http or https URL`);
  return {
    place: host,
    prepare: async (_, idempotencyKey) => {
      const own = await headersFrom(headers, secret).catch(() => {
        // What went wrong may hold a secret.
        throw new RemoteError('cannot be asked: its headers cannot be made');
      });
      const sent = { accept: 'application/json', ...own, 'idempotency-key': idempotencyKey };
      return { url, headers: sent, secrets: secretsIn(own) };
    },
    read: (reply) => {
      if (reply.status >= 200 && reply.status < 300) return reply.text;
      throw new (passes(reply.status) ? PassingRemoteError : RemoteError)(saying(reply));
    },
  };
}

const passes = (status: number) => status >= 500 || [408, 425, 429].includes(status);
