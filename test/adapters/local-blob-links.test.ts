import { expect, it } from 'vitest';
import { LocalBlobLinks } from '#adapters/embedded/local-blob-links.ts';
import { aClock } from '../builders/a-clock.ts';

const key = 'acme/1/lines.jsonl';
const baseUrl = 'http://localhost:8080';

async function aLink() {
  const clock = aClock();
  const links = new LocalBlobLinks(clock);
  const { url } = await links.toPut(key, 60, baseUrl);
  const { pathname, searchParams } = new URL(url);
  return { clock, links, path: pathname, query: searchParams };
}

it('leads to its blob, with its method alone', async () => {
  const { links, path, query } = await aLink();

  expect(links.keyOf('PUT', path, query)).toBe(key);
  expect(links.keyOf('GET', path, query)).toBeUndefined();
});

it('ends with its time', async () => {
  const { clock, links, path, query } = await aLink();

  clock.advance(60_000);

  expect(links.keyOf('PUT', path, query)).toBeUndefined();
});

it.each([
  ['another blob', (path: string) => path.replace('acme', 'other'), {}],
  ['a longer time', (path: string) => path, { expires: '99999999999999' }],
  ['no signature', (path: string) => path, { signature: '' }],
  ['a signature of its own', (path: string) => path, { signature: 'AAAA' }],
])('cannot be turned into one with %s', async (_, change, parameters) => {
  const { links, path, query } = await aLink();
  for (const [name, value] of Object.entries(parameters)) query.set(name, value);

  expect(links.keyOf('PUT', change(path), query)).toBeUndefined();
});

it('of another process leads nowhere', async () => {
  const { clock, path, query } = await aLink();

  expect(new LocalBlobLinks(clock).keyOf('PUT', path, query)).toBeUndefined();
});
