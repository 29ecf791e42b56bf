import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { guardedFetch } from '#adapters/guarded-fetch/guarded-fetch.ts';
import { aSite } from './a-site.ts';
import { forbiddenHosts, forbiddenNames, names } from './forbidden-hosts.ts';

const signal = new AbortController().signal;
const limits = { maxBytes: 1000, signal };

const hello: RequestListener = (_, response) => {
  response.setHeader('content-type', 'Image/PNG; charset=x').end('hello');
};

/** A site that the guard takes for `media.example`, and how to fetch from it. */
async function aReachableSite(listener: RequestListener, known: Record<string, string> = {}) {
  const site = await aSite(listener);
  const dns = names({ 'media.example': '127.0.0.1', ...known });
  const fetch = guardedFetch({ allowsLoopback: true, resolve: dns.resolve, timeoutMs: 2000 });
  const url = (path = '/', host = 'media.example') => `http://${host}:${site.port}${path}`;
  return { ...site, ...dns, url, fetch: (to: string) => fetch(to, limits) };
}

describe('outside of development', () => {
  it.each([
    'http://example.com/x.png',
    'ftp://example.com/x.png',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'gopher://example.com/',
    'javascript:1',
  ])('only https is fetched: not %s', async (url) => {
    const { asked, resolve } = names({ 'example.com': '93.184.216.34' });

    await expect(guardedFetch({ resolve })(url, limits)).rejects.toThrow(
      `${new URL(url).protocol}// is not fetched, only https:// is`,
    );
    expect(asked).toEqual([]);
  });

  it.each(forbiddenHosts)('the address %s, %s, is refused without asking anybody', async (host) => {
    const { asked, resolve } = names({});

    await expect(guardedFetch({ resolve })(`https://${host}/`, limits)).rejects.toThrow(
      'is not a public address',
    );
    expect(asked).toEqual([]);
  });

  it.each(forbiddenNames)('the name %s that leads to %s is refused', async (name, address) => {
    const { resolve } = names({ [name]: address });

    await expect(guardedFetch({ resolve })(`https://${name}/`, limits)).rejects.toThrow(
      `${name} is not a public address`,
    );
  });

  it.each([
    [['93.184.216.34', '127.0.0.1']],
    [['2606:4700::1111', '::1']],
    [['10.0.0.1', '93.184.216.34']],
    [[]],
  ])('a name that leads to %j is refused', async (addresses) => {
    const { resolve } = names({ 'mixed.example': addresses });

    await expect(guardedFetch({ resolve })('https://mixed.example/', limits)).rejects.toThrow(
      'is not a public address',
    );
  });

  it.each([
    'https://user@example.com/',
    'https://user:pass@example.com/',
    'https://:x@example.com/',
  ])('a URL with credentials is refused: %s', async (url) => {
    const { resolve } = names({ 'example.com': '93.184.216.34' });

    await expect(guardedFetch({ resolve })(url, limits)).rejects.toThrow('name or a password');
  });

  it.each(['', 'https://', 'example.com/x.png', 'https://[::1', 'https://a b/'])(
    'what is no URL is refused: "%s"',
    async (url) => {
      await expect(guardedFetch()(url, limits)).rejects.toThrow('is not a valid URL');
    },
  );
});

describe('in development', () => {
  it('a site on this machine is fetched from', async () => {
    const { fetch, url } = await aReachableSite(hello);

    const { bytes, mediaType } = await fetch(url('/', '127.0.0.1'));

    expect(Buffer.from(bytes).toString()).toBe('hello');
    expect(mediaType).toBe('image/png');
  });

  it.each([
    '10.0.0.1',
    '169.254.169.254',
    '192.168.1.1',
    '[::ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '0.0.0.0',
  ])('no other network is: %s', async (host) => {
    const { fetch, url } = await aReachableSite(hello);

    await expect(fetch(url('/', host))).rejects.toThrow('is not a public address');
  });
});

describe('a name', () => {
  it('is looked up once, and connected to at the address that was checked', async () => {
    const { fetch, url, asked, hosts, port } = await aReachableSite(hello);

    await fetch(url());

    expect(asked).toEqual(['media.example']);
    expect(hosts).toEqual([`media.example:${port}`]);
  });

  it('that leads elsewhere the second time is not followed there', async () => {
    const site = await aSite(hello);
    const answers = ['127.0.0.1', '10.0.0.1'];
    const resolve = async () => [{ address: answers.shift() ?? '', family: 4 }];
    const fetch = guardedFetch({ allowsLoopback: true, resolve });

    await fetch(`http://rebinding.example:${site.port}/`, limits);

    expect(site.hosts).toHaveLength(1);
    expect(answers).toEqual(['10.0.0.1']);
  });

  it('that nobody knows may be known a moment later', async () => {
    const { resolve } = names({});

    await expect(
      guardedFetch({ resolve })('https://nowhere.example/', limits),
    ).rejects.toMatchObject({ message: 'nowhere.example cannot be found', isPassing: true });
  });
});

describe('a redirect', () => {
  const to =
    (location: string | ((path: string) => string), status = 302): RequestListener =>
    (request, response) => {
      if (request.url === '/end') return hello(request, response);
      const path = request.url ?? '';
      response.writeHead(status, {
        location: typeof location === 'string' ? location : location(path),
      });
      response.end();
    };

  it.each([301, 302, 303, 307, 308])('with %d is followed', async (status) => {
    const { fetch, url, hosts } = await aReachableSite(to('/end', status));

    expect((await fetch(url())).bytes).toHaveLength(5);
    expect(hosts).toHaveLength(2);
  });

  it('to another name is looked up and checked again', async () => {
    const { fetch, url, asked, port } = await aReachableSite(
      (request, response) => to(`http://other.example:${port}/end`)(request, response),
      { 'other.example': '127.0.0.1' },
    );

    await fetch(url());

    expect(asked).toEqual(['media.example', 'other.example']);
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://intern.example/',
    'http://2852039166/',
    'http://[::ffff:10.0.0.1]/',
    '//10.0.0.1/',
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'http://user:pass@127.0.0.1/',
    'https://',
  ])('to %s is refused', async (location) => {
    const { fetch, url } = await aReachableSite(to(location), { 'intern.example': '10.0.0.1' });

    await expect(fetch(url())).rejects.toThrow(/not a public|not fetched|not a valid/);
  });

  it('is followed three times', async () => {
    const { fetch, url } = await aReachableSite(
      to((path) => (path === '/2' ? '/end' : `/${Number(path.slice(1)) + 1}`)),
    );

    expect((await fetch(url('/0'))).bytes).toHaveLength(5);
  });

  it('is not followed four times', async () => {
    const { fetch, url, hosts } = await aReachableSite(to('/again'));

    await expect(fetch(url())).rejects.toThrow('redirects more than 3 times');
    expect(hosts).toHaveLength(4);
  });

  it('to nowhere is an answer like any other', async () => {
    const { fetch, url } = await aReachableSite((_, response) => response.writeHead(302).end());

    await expect(fetch(url())).rejects.toThrow('answers 302');
  });
});

describe('an answer', () => {
  it.each([
    ['says so', (_: unknown, response) => response.setHeader('content-length', 1001).write('x')],
    ['does not say so', (_: unknown, response) => response.end('x'.repeat(1001))],
    [
      'has no end',
      (_: unknown, response) => {
        const more = setInterval(() => response.write('x'.repeat(500)), 1);
        response.once('close', () => clearInterval(more));
      },
    ],
  ] as const satisfies readonly (readonly [string, RequestListener])[])(
    'of more bytes than may be is broken off where it %s',
    async (_, listener) => {
      const { fetch, url } = await aReachableSite(listener);

      await expect(fetch(url())).rejects.toThrow('has more than the 1000 bytes that are fetched');
    },
  );

  it('of just as many bytes as may be is taken', async () => {
    const { fetch, url } = await aReachableSite((_, response) => response.end('x'.repeat(1000)));

    expect((await fetch(url())).bytes).toHaveLength(1000);
  });

  it('that nobody asked to be compressed is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000));
    const { fetch, url } = await aReachableSite((_, response) =>
      response.setHeader('content-encoding', 'gzip').end(bomb),
    );

    await expect(fetch(url())).rejects.toThrow('answers in gzip');
  });

  it.each([
    [404, false],
    [403, false],
    [206, false],
    [204, false],
    [429, true],
    [503, true],
  ])('%d is none; worth another attempt: %s', async (status, isPassing) => {
    const { fetch, url } = await aReachableSite((_, response) => response.writeHead(status).end());

    await expect(fetch(url())).rejects.toMatchObject({ message: `answers ${status}`, isPassing });
  });

  it('that breaks off is none', async () => {
    const { fetch, url } = await aReachableSite((_, response) => {
      response.setHeader('content-length', 10).write('x');
      setTimeout(() => response.destroy(), 10);
    });

    await expect(fetch(url())).rejects.toMatchObject({ message: 'broke off', isPassing: true });
  });

  it('that nobody gives is none', async () => {
    const { fetch } = await aReachableSite(hello);

    await expect(fetch('http://media.example:1/')).rejects.toMatchObject({
      message: expect.stringContaining('media.example:1 does not answer'),
      isPassing: true,
    });
  });

  it.each<[string, RequestListener]>([
    ['begin', () => undefined],
    ['come to an end', (_, response) => void response.write('x')],
  ])('that does not %s in time is none', async (_, listener) => {
    const { port } = await aSite(listener);
    const fetch = guardedFetch({ allowsLoopback: true, timeoutMs: 50 });

    await expect(fetch(`http://127.0.0.1:${port}/`, limits)).rejects.toMatchObject({
      message: 'took longer than 0.05 s',
      isPassing: true,
    });
  });

  it('of a resolver that hangs is none', async () => {
    const fetch = guardedFetch({ resolve: () => new Promise(() => undefined), timeoutMs: 50 });

    await expect(fetch('https://media.example/', limits)).rejects.toThrow(
      'took longer than 0.05 s',
    );
  });

  it('is not waited for once nobody wants it', async () => {
    const { port } = await aSite(() => undefined);
    const stop = new AbortController();
    const fetch = guardedFetch({ allowsLoopback: true });

    const fetched = fetch(`http://127.0.0.1:${port}/`, { maxBytes: 1, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('cancelled')), 20);

    await expect(fetched).rejects.toThrow('cancelled');
  });
});
