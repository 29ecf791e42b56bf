import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aDatabase, aDatabaseFile } from '../builders/a-database.ts';

/** A database with a table, and what another process would see of it. */
function aTable() {
  const path = aDatabaseFile();
  const database = aDatabase(path);
  database.exec('CREATE TABLE t (n INTEGER PRIMARY KEY)');
  const other = new DatabaseSync(path, { readOnly: true });
  onTestFinished(() => other.close());
  const insert = (n: number) => {
    const committed = database.write();
    database.prepare('INSERT INTO t VALUES (?)').run(n);
    return committed;
  };
  const seen = () =>
    other
      .prepare('SELECT n FROM t ORDER BY n')
      .all()
      .map((row) => row['n']);
  return { path, database, insert, seen };
}

/** Makes the turn's commit fail, not the write. */
function violate(database: ReturnType<typeof aDatabase>): Promise<void> {
  database.exec('CREATE TABLE child (n REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED)');
  const committed = database.write();
  database.exec('INSERT INTO child VALUES (404)');
  return committed;
}

describe('a write', () => {
  it('is on disk when it resolves, and not before', async () => {
    const { insert, seen } = aTable();

    const committed = insert(1);

    expect(seen()).toEqual([]);
    await committed;
    expect(seen()).toEqual([1]);
  });

  it('shares its commit with the others of its turn', async () => {
    const { insert, seen } = aTable();

    const [first, second] = [insert(1), insert(2)];
    const third = Promise.resolve().then(() => insert(3));

    expect(second).toBe(first);
    await first;
    expect(seen()).toEqual([1, 2, 3]);
    await third;
  });

  it('of a later turn has a commit of its own', async () => {
    const { insert, seen } = aTable();
    const first = insert(1);
    await first;

    const second = insert(2);

    expect(second).not.toBe(first);
    expect(seen()).toEqual([1]);
    await second;
  });

  it('is refused, with all others of its turn, when their commit fails', async () => {
    const { database, insert, seen } = aTable();
    const before = insert(1);
    await before;

    const outcomes = await Promise.allSettled([insert(2), violate(database), insert(3)]);

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(seen()).toEqual([1]);
  });

  it('works again after a commit that failed', async () => {
    const { database, insert, seen } = aTable();
    await violate(database).catch(() => undefined);

    await insert(1);

    expect(seen()).toEqual([1]);
  });
});

describe('abandoning', () => {
  it('takes back all that was written in the turn, and says why to who waits and who comes', async () => {
    const { database, insert, seen } = aTable();
    await insert(1);
    const before = insert(2);

    database.abandon(new Error('half of a transaction'));

    expect(() => insert(3)).toThrow('half of a transaction');
    await expect(before).rejects.toThrow('half of a transaction');
    expect(seen()).toEqual([1]);
  });

  it('concerns no later turn', async () => {
    const { database, insert, seen } = aTable();
    const abandoned = insert(1).catch(() => undefined);
    database.abandon(new Error('half of a transaction'));
    await abandoned;

    await insert(2);

    expect(seen()).toEqual([2]);
  });
});

describe('settled', () => {
  it('waits for what was written before', async () => {
    const { database, insert, seen } = aTable();
    const committed = insert(1);

    await database.settled();

    expect(seen()).toEqual([1]);
    await committed;
  });

  it('resolves where nothing was written', async () => {
    await expect(aTable().database.settled()).resolves.toBeUndefined();
  });
});

it('keeps the order of many turns, each on disk when it resolves', async () => {
  const { insert, seen } = aTable();
  const resolved: number[] = [];
  const writes: Promise<void>[] = [];

  for (let n = 1; n <= 50; n += 1) {
    const write = insert(n).then(() => {
      expect(seen()).toContain(n);
      resolved.push(n);
    });
    writes.push(write);
    if (n % 3 === 0) await new Promise(setImmediate);
  }
  await Promise.all(writes);

  expect(resolved).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
});

describe('closing', () => {
  it('waits for what was written before', async () => {
    const { path, database, insert } = aTable();
    const committed = insert(1);

    await database.close();

    await committed;
    expect(aDatabase(path).prepare('SELECT n FROM t').all()).toEqual([{ n: 1 }]);
  });
});

it('makes the folder that its file is to lie in', () => {
  const path = `${aDatabaseFile()}-folder/inner/test.db`;

  aDatabase(path).exec('CREATE TABLE t (n)');

  expect(aDatabase(path).prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 });
});
