import * as z from 'zod';
import {
  type IndexName,
  type Item,
  type ItemStore,
  type Key,
  type Query,
  TransactionConflict,
  type Write,
} from '#core/store/item-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const indexNames = ['tenant', 'agent', 'session', 'waiting', 'due'] as const satisfies IndexName[];
const indexColumns = indexNames.flatMap((name) => [`${name}_pk`, `${name}_sk`]);
const columns = ['pk', 'sk', 'value', ...indexColumns];

/** DynamoDB's limits, so that what runs here runs there. */
const limits = { writes: 100, itemBytes: 400 * 1024, transactionBytes: 4 * 1024 * 1024 };

const KeyRow = z.object({ pk: z.string(), sk: z.string() });
const ValueRow = z.object({ value: z.string() });
const IndexColumn = z.string().nullable();
const Row = KeyRow.extend({
  value: z.string(),
  tenant_pk: IndexColumn,
  tenant_sk: IndexColumn,
  agent_pk: IndexColumn,
  agent_sk: IndexColumn,
  session_pk: IndexColumn,
  session_sk: IndexColumn,
  waiting_pk: IndexColumn,
  waiting_sk: IndexColumn,
  due_pk: IndexColumn,
  due_sk: IndexColumn,
});

export class SqliteItemStore implements ItemStore {
  readonly #database: SqliteDatabase;
  readonly #changed: (keys: readonly Key[]) => void;
  readonly #select;
  readonly #selectValue;
  readonly #upsert;
  readonly #delete;
  readonly #queries = new Map<string, ReturnType<SqliteDatabase['prepare']>>();

  /** @param changed told the keys of every transaction once it is on disk */
  constructor(database: SqliteDatabase, changed: (keys: readonly Key[]) => void = () => {}) {
    this.#database = database;
    this.#changed = changed;
    database.exec(schema);
    this.#select = database.prepare('SELECT * FROM item WHERE pk = ? AND sk = ?');
    this.#selectValue = database.prepare('SELECT value FROM item WHERE pk = ? AND sk = ?');
    this.#upsert = database.prepare(
      `INSERT INTO item (${columns}) VALUES (${columns.map(() => '?')}) ON CONFLICT (pk, sk)
       DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`)}`,
    );
    this.#delete = database.prepare('DELETE FROM item WHERE pk = ? AND sk = ?');
  }

  async get(key: Key): Promise<Item | undefined> {
    return this.#read(key);
  }

  async getMany(keys: readonly Key[]): Promise<(Item | undefined)[]> {
    return keys.map((key) => this.#read(key));
  }

  async query(query: Query): Promise<Item[]> {
    return this.#rows('*', query).map(toItem);
  }

  async queryKeys(query: Query): Promise<Key[]> {
    const { pk, sk } = keyColumns(query.index);
    return z.array(KeyRow).parse(this.#rows(`${pk} AS pk, ${sk} AS sk`, query));
  }

  async transact(writes: readonly Write[]): Promise<void> {
    const rows = prepareRows(writes);
    const durable = this.#database.write();
    const failed = writes.flatMap((write, i) => (this.#holds(write) ? [] : [i]));
    if (failed.length > 0) {
      await durable;
      throw new TransactionConflict(failed);
    }
    const keys = writes.map(keyOf);
    try {
      for (const [i, write] of writes.entries()) this.#apply(write, rows[i]);
    } catch (error) {
      // What was applied already must not be committed, and it cannot be taken back alone.
      this.#database.abandon(error);
    }
    await durable;
    this.#changed(keys);
  }

  #read(key: Key): Item | undefined {
    const row = this.#select.get(key.pk, key.sk);
    return row && toItem(row);
  }

  #apply(write: Write, row: ReturnType<typeof prepareRows>[number]): void {
    if (row) this.#upsert.run(...row);
    else if ('delete' in write) this.#delete.run(write.delete.pk, write.delete.sk);
  }

  #holds(write: Write): boolean {
    if (write.when === undefined) return true;
    const { pk, sk } = keyOf(write);
    const row = this.#selectValue.get(pk, sk);
    if ('absent' in write.when) return row === undefined;
    if (row === undefined) return false;
    const value = toValue(ValueRow.parse(row).value);
    return Object.entries(write.when.equals).every(([name, wanted]) => value[name] === wanted);
  }

  #rows(select: string, { index, pk, after, before, order, limit }: Query) {
    const column = keyColumns(index);
    const sql = [
      `SELECT ${select} FROM item WHERE ${column.pk} = ?`,
      after === undefined ? '' : `AND ${column.sk} > ?`,
      before === undefined ? '' : `AND ${column.sk} < ?`,
      `ORDER BY ${column.sk} ${order === 'ascending' ? 'ASC' : 'DESC'} LIMIT ?`,
    ].join(' ');
    const statement = this.#queries.get(sql) ?? this.#database.prepare(sql);
    this.#queries.set(sql, statement);
    const bounds = [after, before].filter((bound) => bound !== undefined);
    return statement.all(pk, ...bounds, Math.min(limit, Number.MAX_SAFE_INTEGER));
  }
}

const keyColumns = (index: IndexName | undefined) =>
  index === undefined ? { pk: 'pk', sk: 'sk' } : { pk: `${index}_pk`, sk: `${index}_sk` };

const schema = `
  CREATE TABLE IF NOT EXISTS item (
    pk TEXT NOT NULL, sk TEXT NOT NULL, value TEXT NOT NULL,
    ${indexColumns.map((column) => `${column} TEXT`)},
    PRIMARY KEY (pk, sk)
  ) WITHOUT ROWID;
  ${indexNames
    .map(
      (name) =>
        `CREATE INDEX IF NOT EXISTS item_${name} ON item (${name}_pk, ${name}_sk)
         WHERE ${name}_pk IS NOT NULL;`,
    )
    .join('\n')}`;

function toItem(found: unknown): Item {
  const row = Row.parse(found);
  const indexes: Partial<Record<IndexName, Key>> = {};
  for (const name of indexNames) {
    const [pk, sk] = [row[`${name}_pk`], row[`${name}_sk`]];
    if (pk !== null && sk !== null) indexes[name] = { pk, sk };
  }
  return { pk: row.pk, sk: row.sk, value: toValue(row.value), indexes };
}

function toValue(json: string): Item['value'] {
  const value: unknown = JSON.parse(json);
  if (!isRecord(value)) throw new Error('An item holds a JSON object');
  return value;
}

/** What the fields are is for the reader of the item to parse. */
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const keyOf = (write: Write): Key =>
  'put' in write ? write.put : 'delete' in write ? write.delete : write.check;

/** The row of every put, and `undefined` for the others. @throws where DynamoDB would refuse */
function prepareRows(writes: readonly Write[]) {
  const names = new Set(writes.map(keyOf).map(({ pk, sk }) => `${pk}\n${sk}`));
  if (names.size !== writes.length) throw new Error('A transaction writes an item at most once');
  if (writes.length > limits.writes)
    throw new Error(`A transaction has at most ${limits.writes} writes, not ${writes.length}`);
  let bytes = 0;
  const rows = writes.map((write) => {
    if (!('put' in write)) return undefined;
    const { pk, sk, value, indexes } = write.put;
    const json = JSON.stringify(value);
    const size = Buffer.byteLength(json);
    if (size > limits.itemBytes)
      throw new Error(`${pk} ${sk} has ${size} bytes, more than ${limits.itemBytes}`);
    bytes += size;
    return [
      pk,
      sk,
      json,
      ...indexNames.flatMap((name) => [indexes?.[name]?.pk ?? null, indexes?.[name]?.sk ?? null]),
    ];
  });
  if (bytes > limits.transactionBytes)
    throw new Error(`A transaction has at most ${limits.transactionBytes} bytes, not ${bytes}`);
  return rows;
}
