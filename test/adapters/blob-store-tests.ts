import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BlobNotFound } from '#core/store/blob-store.ts';
import type { LargeBlobStore } from '#core/store/large-blob-store.ts';

type MakeStore = () => LargeBlobStore | Promise<LargeBlobStore>;

const bytes = (text: string) => new TextEncoder().encode(text);

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Keys start with an organisation that no other test has. */
async function anOrganisation(makeStore: MakeStore) {
  const store = await makeStore();
  const org = randomUUID();
  return {
    store,
    org,
    put: (key: string, text = key) => store.put(`${org}/${key}`, bytes(text)),
    /** @returns `undefined` where there is no such blob */
    read: async (key: string) => {
      const found = await store.get(`${org}/${key}`).catch(() => undefined);
      return found && new TextDecoder().decode(found);
    },
  };
}

const outside = ['', '.', '..', '../x', '../../etc/passwd', 'org/../..', 'org/../../x'];

/** What every blob store has to do. The stores may share one bucket. */
export function blobStoreTests(name: string, makeStore: MakeStore): void {
  describe(`${name}, as a blob store,`, () => {
    it('gives back the bytes that were put', async () => {
      const { store, org } = await anOrganisation(makeStore);
      const all = Uint8Array.from({ length: 256 }, (_, i) => i);

      await store.put(`${org}/run/media-0`, all);

      expect([...(await store.get(`${org}/run/media-0`))]).toEqual([...all]);
    });

    it.each([
      ['no bytes', 0],
      ['one byte', 1],
      ['5 MB', 5 * 1024 * 1024],
    ])('holds %s', async (_, size) => {
      const { store, org } = await anOrganisation(makeStore);
      const blob = randomBytes(size);

      await store.put(`${org}/blob`, blob);

      expect(blob.equals(await store.get(`${org}/blob`))).toBe(true);
    });

    it('says that there is no such blob, and not that something went wrong', async () => {
      const { store, org, put } = await anOrganisation(makeStore);
      await put('run/a');

      await expect(store.get(`${org}/run/b`)).rejects.toThrow(BlobNotFound);
    });

    it('replaces what was put under the same key, whatever its size', async () => {
      const { put, read } = await anOrganisation(makeStore);
      await put('a', 'long and old');

      await put('a', 'new');

      expect(await read('a')).toBe('new');
    });

    it('keeps one of many that are put under the same key at the same time, whole', async () => {
      const { put, read } = await anOrganisation(makeStore);
      const texts = Array.from({ length: 10 }, (_, i) => `${i}`.repeat(10_000));

      await Promise.all(texts.map((text) => put('a', text)));

      expect(texts).toContain(await read('a'));
    });

    it('throws where there is no such blob', async () => {
      const { store, org, put } = await anOrganisation(makeStore);
      await put('run/a');

      await expect(store.get(`${org}/run/b`)).rejects.toThrow();
      await expect(store.get(`${org}/run`)).rejects.toThrow();
    });

    it('deletes all blobs under a prefix, and no others', async () => {
      const { store, org, put, read } = await anOrganisation(makeStore);
      const kept = ['run-10/a', 'run-2/a', 'xrun-1/a', 'run'];
      const deleted = ['run-1/a', 'run-1/b', 'run-1/deep/er/c'];
      for (const key of [...kept, ...deleted]) await put(key);

      await store.deleteAll(`${org}/run-1/`);

      expect(await Promise.all(kept.map(read))).toEqual(kept);
      expect(await Promise.all(deleted.map(read))).toEqual(deleted.map(() => undefined));
    });

    it('deletes nothing where there is nothing, and forgets nothing by it', async () => {
      const { store, org, put, read } = await anOrganisation(makeStore);
      await put('a');

      await store.deleteAll(`${org}/none/`);

      expect(await read('a')).toBe('a');
    });

    it('takes a key again that was deleted', async () => {
      const { store, org, put, read } = await anOrganisation(makeStore);
      await put('run/a', 'old');
      await store.deleteAll(`${org}/run/`);

      await put('run/a', 'new');

      expect(await read('run/a')).toBe('new');
    });

    it('deletes the blobs of one organisation and leaves those of another', async () => {
      const ours = await anOrganisation(makeStore);
      const theirs = await anOrganisation(() => ours.store);
      await Promise.all([ours.put('run/a'), theirs.put('run/a')]);

      await ours.store.deleteAll(`${ours.org}/`);

      expect([await ours.read('run/a'), await theirs.read('run/a')]).toEqual([undefined, 'run/a']);
    });

    it.each([
      ['nothing', []],
      ['a few bytes', [10, 0, 20]],
      ['more than one part of a multipart upload', [6, 6, 6].map((size) => size * 1024 * 1024)],
    ])('holds what comes part by part: %s', async (_, sizes) => {
      const { store, org } = await anOrganisation(makeStore);
      const parts = sizes.map((size) => randomBytes(size));

      await store.putParts(`${org}/blob`, each(parts));

      expect(Buffer.concat(parts).equals(await store.get(`${org}/blob`))).toBe(true);
    });

    it('gives a part of a blob, less at its end, and nothing beyond it', async () => {
      const { store, org, put } = await anOrganisation(makeStore);
      await put('blob', '0123456789');
      const range = async (offset: number, length: number) =>
        new TextDecoder().decode(await store.getRange(`${org}/blob`, offset, length));

      const ranges = [await range(0, 3), await range(4, 2), await range(8, 5), await range(10, 5)];

      expect(ranges).toEqual(['012', '45', '89', '']);
      await expect(store.getRange(`${org}/none`, 0, 1)).rejects.toThrow(BlobNotFound);
    });

    it.each(outside)('refuses the key %j, which names no blob', async (key) => {
      const store = await makeStore();

      await expect(store.put(key, bytes('x'))).rejects.toThrow();
      await expect(store.get(key)).rejects.toThrow();
      await expect(store.deleteAll(key)).rejects.toThrow();
    });
  });
}
