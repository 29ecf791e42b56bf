import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { SqliteItemStore } from '#adapters/embedded/sqlite-item-store.ts';
import type { Key } from '#core/store/item-store.ts';
import { aDatabase, aDatabaseFile } from '../builders/a-database.ts';
import { itemStoreTests } from './item-store/item-store-tests.ts';

itemStoreTests('SqliteItemStore', () => new SqliteItemStore(aDatabase()));

const put = (sk: string, value = {}) => ({ put: { pk: 'p', sk, value } });

describe('SqliteItemStore', () => {
  it('has on disk what it has acknowledged', async () => {
    const path = aDatabaseFile();
    await new SqliteItemStore(aDatabase(path)).transact([put('a', { n: 1 })]);

    const reopened = new SqliteItemStore(aDatabase(path));

    expect(await reopened.get({ pk: 'p', sk: 'a' })).toMatchObject({ value: { n: 1 } });
  });

  it('tells the keys of a transaction when it is on disk, and of none that failed', async () => {
    const path = aDatabaseFile();
    const told: { keys: readonly Key[]; onDisk: unknown }[] = [];
    const store = new SqliteItemStore(aDatabase(path), (keys) => {
      const other = new DatabaseSync(path, { readOnly: true });
      told.push({ keys, onDisk: other.prepare('SELECT sk FROM item').all() });
      other.close();
    });

    await store.transact([put('a'), { delete: { pk: 'p', sk: 'b' } }]);
    await store.transact([{ ...put('a'), when: { absent: true } }]).catch(() => undefined);

    expect(told).toMatchObject([
      {
        keys: [
          { pk: 'p', sk: 'a' },
          { pk: 'p', sk: 'b' },
        ],
        onDisk: [{ sk: 'a' }],
      },
    ]);
  });

  it('reads what it has written before that is on disk', async () => {
    const store = new SqliteItemStore(aDatabase());

    const written = store.transact([put('a')]);

    expect(await store.get({ pk: 'p', sk: 'a' })).toBeDefined();
    await written;
  });

  it('leaves nothing of a transaction that the disk has no room for', async () => {
    const database = aDatabase();
    const store = new SqliteItemStore(database);
    await store.transact([put('a')]);
    database.exec('PRAGMA max_page_count = 100');
    const large = Array.from({ length: 20 }, (_, i) => put(`${i}`, { text: 'x'.repeat(100_000) }));

    await expect(store.transact(large)).rejects.toThrow('full');

    expect(await all(store)).toEqual([{ pk: 'p', sk: 'a' }]);
  });

  it('deletes what has expired, and nothing else', async () => {
    const store = new SqliteItemStore(aDatabase());
    const expiring = (sk: string, expiresAt: number) => ({ put: { ...put(sk).put, expiresAt } });
    await store.transact([put('kept'), expiring('old', 1000), expiring('young', 1001)]);
    await store.transact([expiring('renewed', 1000)]);
    await store.transact([expiring('renewed', 2000)]);

    await store.deleteExpired(1000);

    expect((await all(store)).map(({ sk }) => sk)).toEqual(['kept', 'renewed', 'young']);
  });

  it('goes on when the disk has room again', async () => {
    const database = aDatabase();
    const store = new SqliteItemStore(database);
    const large = put('large', { text: 'x'.repeat(300_000) });
    database.exec('PRAGMA max_page_count = 30');
    await store.transact([large]).catch(() => undefined);

    database.exec('PRAGMA max_page_count = 1000000');
    await store.transact([large]);

    expect(await all(store)).toEqual([{ pk: 'p', sk: 'large' }]);
  });
});

const all = (store: SqliteItemStore) =>
  store.queryKeys({ pk: 'p', order: 'ascending', limit: 100 });
