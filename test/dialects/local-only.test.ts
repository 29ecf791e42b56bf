import { describe, expect, it } from 'vitest';
import { checkLoopback, localOnly } from '../../bin/local-only.ts';
import { aContext } from '../builders/a-context.ts';
import { anApiEvent } from '../builders/an-api-event.ts';
import { aResult } from './a-server.ts';

const ask = async (headers: Record<string, string>, httpMethod = 'POST') => {
  const api = localOnly(async () => aResult());
  const { statusCode } = await api(anApiEvent({ headers, httpMethod }), aContext());
  return statusCode;
};

describe('a service that asks for no token', () => {
  it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost', 'LOCALHOST'])(
    'may listen to %s',
    (host) => {
      expect(() => checkLoopback(host)).not.toThrow();
    },
  );

  it.each([
    '0.0.0.0',
    '::',
    '192.168.1.5',
    'example.com',
    '',
    '127.evil.com',
    'localhost.evil.com',
  ])('refuses to listen to "%s"', (host) => {
    expect(() => checkLoopback(host)).toThrow(/this machine only/);
  });

  it.each(['127.0.0.1:8005', 'localhost:8005', '[::1]:8005', 'localhost'])(
    'serves whoever calls it %s',
    async (host) => {
      expect(await ask({ host })).toBe(200);
      expect(await ask({ host, origin: `http://${host}` })).toBe(200);
    },
  );

  it.each(['evil.com', '127.0.0.1.evil.com', 'localhost.evil.com:8005', '192.168.1.5:8005', ''])(
    'refuses a name that leads here but is not of this machine: %s',
    async (host) => {
      expect(await ask({ host })).toBe(403);
    },
  );

  it.each(['https://evil.com', 'http://localhost:3000', 'https://localhost:8005', 'null', ''])(
    'refuses a page from %s',
    async (origin) => {
      expect(await ask({ host: 'localhost:8005', origin })).toBe(403);
    },
  );

  it.each(['cross-site', 'same-site'])(
    'refuses what a %s page loads, not a link in it',
    async (site) => {
      const headers = { host: 'localhost:8005', 'sec-fetch-site': site };

      expect(await ask(headers, 'GET')).toBe(403);
      expect(await ask({ ...headers, 'sec-fetch-mode': 'navigate' }, 'GET')).toBe(200);
      expect(await ask({ ...headers, 'sec-fetch-mode': 'navigate' }, 'POST')).toBe(403);
    },
  );

  it.each(['x-forwarded-for', 'forwarded', 'x-forwarded-host'])(
    'refuses who comes through a proxy: %s',
    async (name) => {
      expect(await ask({ host: 'localhost:8005', [name]: '203.0.113.1' })).toBe(403);
    },
  );
});
