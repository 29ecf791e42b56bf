import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import { SqliteItemStore } from '#adapters/embedded/sqlite-item-store.ts';
import { readEnvironment } from '../../bin/environment.ts';
import { aDatabase } from '../builders/a-database.ts';
import { aFolder } from '../builders/an-engine.ts';
import { aRestlessClock, aWorkflow } from './run-workflow/a-workflow.ts';
import { anExecution, TasksOfARun } from './run-workflow/tasks-of-a-run.ts';

it.each(['/', 'org/..', 'org/../', './'])(
  'blobs: deleteAll(%j) is refused, or deletes nothing of others',
  async (key) => {
    const root = join(aFolder(), 'blobs');
    const store = new FileBlobStore(root);
    await store.put('other/run/a', new Uint8Array(1));

    await store.deleteAll(key).catch(() => undefined);

    expect(existsSync(join(root, 'other/run/a'))).toBe(true);
  },
);
it('blobs: a key does not reach into another organisation', async () => {
  const store = new FileBlobStore(join(aFolder(), 'blobs'));
  await store.put('other/secret', new Uint8Array(1));

  await expect(store.get('acme/../other/secret')).rejects.toThrow();
});

it('items: counts keys in 400 KB', async () => {
  const store = new SqliteItemStore(aDatabase());
  const pk = 'x'.repeat(2000);

  const outcome = store.transact([
    { put: { pk, sk: 'a', value: { t: 'x'.repeat(400 * 1024 - 1000) } } },
  ]);

  await expect(outcome).rejects.toThrow();
});
it('items: a full disk leaves nothing of a transaction that was refused', async () => {
  const database = aDatabase();
  const store = new SqliteItemStore(database);
  await store.transact([{ put: { pk: 'p', sk: '0', value: {} } }]);
  database.exec('PRAGMA max_page_count = 100');
  const large = Array.from({ length: 20 }, (_, i) => ({
    put: { pk: 'p', sk: `l${i}`, value: { t: 'x'.repeat(100_000) } },
  }));

  const outcomes = await Promise.allSettled([
    store.transact([{ put: { pk: 'p', sk: 'before', value: {} } }]),
    store.transact(large),
    store.transact([{ put: { pk: 'p', sk: 'after', value: {} } }]),
  ]);

  const keys = await store.queryKeys({ pk: 'p', order: 'ascending', limit: 100 });
  expect({ outcomes: outcomes.map((o) => o.status), keys: keys.map((k) => k.sk) }).toEqual({
    outcomes: ['rejected', 'rejected', 'rejected'],
    keys: ['0'],
  });
});
it('database: settled fails with the commit it waits for', async () => {
  const database = aDatabase();
  database.exec(
    'CREATE TABLE t (n INTEGER PRIMARY KEY); CREATE TABLE child (n REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED)',
  );
  const committed = database.write().catch(() => undefined);
  database.exec('INSERT INTO child VALUES (404)');

  await expect(database.settled()).rejects.toThrow('FOREIGN KEY');

  await committed;
});
it('workflow: a task that fails with a very long message is finalized all the same', async () => {
  const { clock } = aRestlessClock();
  const run = new TasksOfARun({ segment: () => Promise.reject(new Error('x'.repeat(300_000))) });
  const { workflow } = aWorkflow(run, { clock });

  await workflow.start(anExecution());

  await run.were(...Array.from({ length: 7 }, () => 'segment' as const), 'finalize');
});
it.each(['localhost:8080', 'ftp://x', 'javascript:alert(1)', 'https://x/?a=b'])(
  'environment: %s is no base URL',
  (url) => {
    expect(() => readEnvironment({ PUBLIC_BASE_URL: url })).toThrow('PUBLIC_BASE_URL');
  },
);
