import * as z from 'zod';
import {
  type Condition,
  type IndexName,
  type Item,
  type ItemStore,
  indexNames,
  type Key,
  type Query,
  TransactionConflict,
  type Write,
} from '#core/store/item-store.ts';
import { checkLimits, keyOf } from '../transaction-limits.ts';
import type { SqliteDatabase } from './sqlite-database.ts';

const indexColumns = indexNames.flatMap((name) => [`${name}_pk`, `${name}_sk`] as const);
const columns = ['pk', 'sk', 'value', ...indexColumns] as const;

const KeyRow = z.object({ pk: z.string(), sk: z.string() });
const IndexColumn = z.string().nullable();
const Row = KeyRow.extend({
  value: z.string(),
  tenant_pk: IndexColumn,
  tenant_sk: IndexColumn,
  agent_pk: IndexColumn,
  agent_sk: IndexColumn,
  session_pk: IndexColumn,
  session_sk: IndexColumn,
  group_pk: IndexColumn,
  group_sk: IndexColumn,
  waiting_pk: IndexColumn,
  waiting_sk: IndexColumn,
  due_pk: IndexColumn,
  due_sk: IndexColumn,
});
type Row = z.infer<typeof Row>;

export class SqliteItemStore implements ItemStore {
  readonly #database: SqliteDatabase;
  readonly #changed: (keys: readonly Key[]) => void;
  readonly #select;
  readonly #updateValue;
  readonly #upsert;
  readonly #delete;
  readonly #expire;
  readonly #queries = new Map<string, ReturnType<SqliteDatabase['prepare']>>();

  /** @param changed told the keys of every transaction once it is on disk */
  constructor(database: SqliteDatabase, changed: (keys: readonly Key[]) => void = () => {}) {
    this.#database = database;
    this.#changed = changed;
    database.exec(table);
    addMissingColumns(database);
    database.exec(indexes);
    this.#select = database.prepare('SELECT * FROM item WHERE pk = ? AND sk = ?');
    this.#updateValue = database.prepare('UPDATE item SET value = ? WHERE pk = ? AND sk = ?');
    this.#upsert = database.prepare(
      `INSERT INTO item (${columns}) VALUES (${columns.map(() => '?')}) ON CONFLICT (pk, sk)
       DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`)}`,
    );
    this.#delete = database.prepare('DELETE FROM item WHERE pk = ? AND sk = ?');
    this.#expire = database.prepare(
      'INSERT OR REPLACE INTO expiry (pk, sk, expires_at) VALUES (?, ?, ?)',
    );
  }

  /** Deletes what has expired by then. @param now epoch milliseconds */
  async deleteExpired(now: number): Promise<void> {
    const due = this.#database.prepare('SELECT 1 FROM expiry WHERE expires_at <= ? LIMIT 1');
    if (due.get(now) === undefined) return;
    const durable = this.#database.write();
    for (const sql of deleteExpired) this.#database.prepare(sql).run(now);
    await durable;
  }

  async get(key: Key): Promise<Item | undefined> {
    return this.#read(key);
  }

  async getMany(keys: readonly Key[]): Promise<(Item | undefined)[]> {
    return keys.map((key) => this.#read(key));
  }

  async query(query: Query): Promise<Item[]> {
    return this.#rows('*', query).map((row) => toItem(Row.parse(row)));
  }

  async queryKeys(query: Query): Promise<Key[]> {
    const { pk, sk } = keyColumns(query.index);
    return z.array(KeyRow).parse(this.#rows(`${pk} AS pk, ${sk} AS sk`, query));
  }

  async transact(writes: readonly Write[]): Promise<void> {
    const rows = prepareRows(writes);
    const durable = this.#database.write();
    const keys = writes.map(keyOf);
    const present = writes.map(({ when }, i) => when && this.#find(keys[i]));
    const failed = writes.flatMap(({ when }, i) => (when && !holds(when, present[i]) ? [i] : []));
    if (failed.length > 0) {
      await durable;
      throw new TransactionConflict(failed);
    }
    try {
      for (const [i, write] of writes.entries()) this.#apply(write, rows[i], present[i]);
    } catch (error) {
      // What was applied already must not be committed, and it cannot be taken back alone.
      this.#database.abandon(error);
    }
    await durable;
    this.#changed(keys);
  }

  #read(key: Key): Item | undefined {
    const row = this.#find(key);
    return row && toItem(row);
  }

  #find(key: Key | undefined): Row | undefined {
    const row = key && this.#select.get(key.pk, key.sk);
    return row && Row.parse(row);
  }

  #apply(write: Write, row: Row | undefined, present: Row | undefined): void {
    if ('delete' in write) this.#delete.run(write.delete.pk, write.delete.sk);
    if (row === undefined) return;
    if ('put' in write && write.put.expiresAt !== undefined)
      this.#expire.run(row.pk, row.sk, write.put.expiresAt);
    // An index entry that stays where it is need not be written again.
    if (present && indexColumns.every((column) => row[column] === present[column]))
      this.#updateValue.run(row.value, row.pk, row.sk);
    // Binding by position costs half of what binding by name does.
    else this.#upsert.run(...columns.map((column) => row[column]));
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

const deleteExpired = [
  'DELETE FROM item WHERE (pk, sk) IN (SELECT pk, sk FROM expiry WHERE expires_at <= ?)',
  'DELETE FROM expiry WHERE expires_at <= ?',
] as const;

const keyColumns = (index: IndexName | undefined) =>
  index === undefined ? { pk: 'pk', sk: 'sk' } : { pk: `${index}_pk`, sk: `${index}_sk` };

const table = `
  CREATE TABLE IF NOT EXISTS item (
    pk TEXT NOT NULL, sk TEXT NOT NULL, value TEXT NOT NULL,
    ${indexColumns.map((column) => `${column} TEXT`)},
    PRIMARY KEY (pk, sk)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS expiry (
    pk TEXT NOT NULL, sk TEXT NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (pk, sk)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS expiry_at ON expiry (expires_at);`;

const indexes = indexNames
  .map(
    (name) =>
      `CREATE INDEX IF NOT EXISTS item_${name} ON item (${name}_pk, ${name}_sk)
       WHERE ${name}_pk IS NOT NULL;`,
  )
  .concat(
    // So that the runs of a group, which may be thousands, are counted without being read.
    `CREATE INDEX IF NOT EXISTS item_group_status ON item (group_pk, value ->> '$.status')
     WHERE group_pk IS NOT NULL;`,
  )
  .join('\n');

const ColumnInfo = z.array(z.object({ name: z.string() }));

/** A database of an earlier version lacks the columns of the indexes that came since. */
function addMissingColumns(database: SqliteDatabase): void {
  const known = ColumnInfo.parse(database.prepare('PRAGMA table_info(item)').all());
  const names = new Set(known.map(({ name }) => name));
  for (const column of indexColumns)
    if (!names.has(column)) database.exec(`ALTER TABLE item ADD COLUMN ${column} TEXT`);
}

function holds(when: Condition, present: Row | undefined): boolean {
  if ('absent' in when) return present === undefined;
  if (present === undefined) return false;
  const value = toValue(present.value);
  return Object.entries(when.equals).every(([name, wanted]) => value[name] === wanted);
}

function toItem(row: Row): Item {
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

/** The row of every put, and `undefined` for the others. @throws where DynamoDB would refuse */
function prepareRows(writes: readonly Write[]) {
  const values = writes.map((write) => ('put' in write ? JSON.stringify(write.put.value) : ''));
  checkLimits(
    writes,
    writes.map((write, i) => ('put' in write ? sizeOf(write.put, values[i]) : 0)),
  );
  return writes.map((write, i) =>
    'put' in write ? toRow(write.put, values[i] ?? '', write.put.indexes) : undefined,
  );
}

const sizeOf = ({ pk, sk }: Key, value = '') =>
  Buffer.byteLength(value) + Buffer.byteLength(pk) + Buffer.byteLength(sk);

const toRow = ({ pk, sk }: Key, value: string, indexes: Item['indexes']): Row => ({
  pk,
  sk,
  value,
  tenant_pk: indexes?.tenant?.pk ?? null,
  tenant_sk: indexes?.tenant?.sk ?? null,
  agent_pk: indexes?.agent?.pk ?? null,
  agent_sk: indexes?.agent?.sk ?? null,
  session_pk: indexes?.session?.pk ?? null,
  session_sk: indexes?.session?.sk ?? null,
  group_pk: indexes?.group?.pk ?? null,
  group_sk: indexes?.group?.sk ?? null,
  waiting_pk: indexes?.waiting?.pk ?? null,
  waiting_sk: indexes?.waiting?.sk ?? null,
  due_pk: indexes?.due?.pk ?? null,
  due_sk: indexes?.due?.sk ?? null,
});
