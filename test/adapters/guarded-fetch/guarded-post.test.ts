import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { guardedPost } from '#adapters/guarded-fetch/guarded-post.ts';
import { aSite } from './a-site.ts';
import { forbiddenHosts, forbiddenNames, names } from './forbidden-hosts.ts';

const signal = new AbortController().signal;
const message = { headers: { 'content-type': 'application/json' }, body: '{"n":1}', signal };

const accept: RequestListener = (_, response) => response.writeHead(202).end();

/** A receiver that the guard takes for `hook.example`, and how to post to it. */
async function aReachableReceiver(listener: RequestListener, timeoutMs = 2000) {
  const site = await aSite(listener);
  const dns = names({ 'hook.example': '127.0.0.1' });
  const post = guardedPost({ allowsLoopback: true, resolve: dns.resolve, timeoutMs });
  const url = `http://hook.example:${site.port}/`;
  return { ...site, ...dns, url, post: () => post({ ...message, url }) };
}

describe('outside of development, nothing is posted', () => {
  it.each(forbiddenHosts)('to the address %s, %s', async (host) => {
    const { asked, resolve } = names({});

    const answer = await guardedPost({ resolve })({ ...message, url: `https://${host}/` });

    expect(answer).toEqual({ error: expect.stringContaining('is not a public address') });
    expect(asked).toEqual([]);
  });

  it.each(forbiddenNames)('to the name %s that leads to %s', async (name, address) => {
    const { resolve } = names({ [name]: address });

    const answer = await guardedPost({ resolve })({ ...message, url: `https://${name}/` });

    expect(answer).toEqual({ error: `${name} is not a public address` });
  });

  it.each(['http://example.com/', 'ftp://example.com/', 'https://a:b@example.com/', 'nonsense'])(
    'to %s',
    async (url) => {
      const { asked, resolve } = names({ 'example.com': '93.184.216.34' });

      const answer = await guardedPost({ resolve })({ ...message, url });

      expect(answer).toEqual({ error: expect.any(String) });
      expect(asked).toEqual([]);
    },
  );

  it('to a name of which one address among several is private', async () => {
    const { resolve } = names({ 'mixed.example': ['93.184.216.34', '10.0.0.1'] });

    const answer = await guardedPost({ resolve })({ ...message, url: 'https://mixed.example/' });

    expect(answer).toEqual({ error: 'mixed.example is not a public address' });
  });
});

describe('a receiver', () => {
  it('gets the body as it is, with its headers', async () => {
    const received: unknown[] = [];
    const { post } = await aReachableReceiver(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const { method, headers } = request;
      received.push({ method, text, type: headers['content-type'], agent: headers['user-agent'] });
      response.writeHead(202).end('thanks');
    });

    expect(await post()).toEqual({ status: 202 });
    const type = 'application/json';
    expect(received).toEqual([{ method: 'POST', text: '{"n":1}', type, agent: 'longrun' }]);
  });

  it.each([301, 302, 303, 307, 308])('that redirects with %d is not followed', async (status) => {
    const { post, hosts } = await aReachableReceiver((_, response) =>
      response.writeHead(status, { location: '/elsewhere' }).end(),
    );

    expect(await post()).toEqual({ status });
    expect(hosts).toHaveLength(1);
  });

  it('is connected to at the address that was checked, whatever its name says next', async () => {
    const site = await aSite(accept);
    const answers = ['127.0.0.1', '10.0.0.1'];
    const resolve = async () => [{ address: answers.shift() ?? '', family: 4 }];
    const post = guardedPost({ allowsLoopback: true, resolve });
    const url = `http://rebinding.example:${site.port}/`;

    const first = await post({ ...message, url });
    const second = await post({ ...message, url });

    expect(first).toEqual({ status: 202 });
    expect(second).toEqual({ error: 'rebinding.example is not a public address' });
    expect(site.hosts).toHaveLength(1);
  });

  it.each([
    ['never answers', () => undefined],
    ['whose name is looked up for ever', undefined],
  ] as const)('that %s is left after a while', async (_, listener) => {
    const resolve = listener ? names({ 'hook.example': '127.0.0.1' }).resolve : () => never;
    const { port } = await aSite(listener ?? accept);
    const post = guardedPost({ allowsLoopback: true, resolve, timeoutMs: 100 });

    const answer = await post({ ...message, url: `http://hook.example:${port}/` });

    expect(answer).toEqual({ error: 'took longer than 0.1 s' });
  });

  it('whose answer has no end has answered', async () => {
    const { post } = await aReachableReceiver((_, response) => {
      const more = setInterval(() => response.write('x'.repeat(10_000)), 1);
      response.once('close', () => clearInterval(more));
    });

    expect(await post()).toEqual({ status: 200 });
  });

  it('whose answer drips has answered when the time is up', async () => {
    const { post } = await aReachableReceiver((_, response) => void response.write('x'), 200);

    expect(await post()).toEqual({ status: 200 });
  });

  it('that is not there is no bug of ours', async () => {
    const { resolve } = names({ 'hook.example': '127.0.0.1' });
    const post = guardedPost({ allowsLoopback: true, resolve });

    const answer = await post({ ...message, url: 'http://hook.example:1/' });

    expect(answer).toEqual({ error: expect.stringContaining('does not answer') });
  });
});

const never = new Promise<never>(() => undefined);
