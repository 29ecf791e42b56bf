import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { demoDatabasePath } from '../../agents/ops-agent/demo/demo-database.ts';
import { demoFolder } from '../../agents/ops-agent/demo/demo-folder.ts';
import { query as readFrom } from '../../agents/ops-agent/demo/query.ts';
import { callTool, storedTables } from './ops-demo.ts';
import { useTemporaryDataDir } from './temporary-data-dir.ts';

useTemporaryDataDir();
beforeEach(() => callTool('list_tables', {}));

const query = (sql: string, signal?: AbortSignal) =>
  callTool('query', { sql }, signal ? { signal } : {});

const endless =
  'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n';

describe('the query of the ops agent', () => {
  it.each([
    'INSERT INTO customers (name) VALUES (1)',
    'UPDATE customers SET name = 1',
    'DELETE FROM customers',
    'WITH x AS (SELECT 1) DELETE FROM customers',
    'DROP TABLE customers',
    'CREATE TABLE t (x)',
    'CREATE TEMP TABLE t (x)',
    'ALTER TABLE customers RENAME TO clients',
    'PRAGMA user_version = 7',
    'PRAGMA journal_mode = DELETE',
    'PRAGMA writable_schema = ON',
    "SELECT * FROM pragma_table_info('customers')",
    'BEGIN IMMEDIATE',
    'REINDEX',
    "SELECT load_extension('x')",
  ])('refuses %s', async (sql) => {
    const before = storedTables();

    await expect(query(sql)).rejects.toThrow('Only reading is allowed here: write a SELECT.');

    expect(storedTables()).toEqual(before);
  });

  it.each(['ATTACH %s AS other', 'VACUUM INTO %s'])('makes no file with %s', async (sql) => {
    const file = join(demoFolder('acme'), 'other.sqlite');

    const refused = query(sql.replace('%s', `'${file}'`));

    await expect(refused).rejects.toThrow('Only reading is allowed here: write a SELECT.');
    expect(existsSync(file)).toBe(false);
  });

  it.each(['SELECT 1; SELECT 2', 'SELECT 1; DELETE FROM customers', 'SELECT 1; -- and more'])(
    'takes a single statement, not %s',
    async (sql) => {
      await expect(query(sql)).rejects.toThrow('a single statement');
    },
  );

  it.each([
    ['SELECT * FROM nobody', 'SQLite says: no such table: nobody'],
    ['SELECT name FROM orders', 'SQLite says: no such column: name'],
    ['SELEC 1', 'SQLite says: near "SELEC": syntax error'],
    ['-- nothing', 'SQLite says: The SQL query contains no statements.'],
  ])('tells the model what is wrong with %s', async (sql, message) => {
    await expect(query(sql)).rejects.toThrow(message);
  });

  it('gives every kind of value as JSON can hold it', async () => {
    const result = await query("SELECT 1 AS a, 1.5, NULL, 'x', x'00ff', 9007199254740993, 2 AS a;");

    expect(result).toEqual({
      columns: ['a', '1.5', 'NULL', "'x'", "x'00ff'", '9007199254740993', 'a'],
      rows: [[1, 1.5, null, 'x', '(2 bytes)', '9007199254740993', 2]],
      isCut: false,
    });
  });

  it('cuts after 100 rows and says so', async () => {
    expect(await query('SELECT * FROM orders, invoices')).toMatchObject({
      rows: { length: 100 },
      isCut: true,
    });
  });

  it('cuts values and results that are too long', async () => {
    const result = await query("SELECT printf('%.*c', 5000, 'x') AS text FROM orders, invoices");

    expect(result).toMatchObject({ isCut: true });
    expect(JSON.stringify(result).length).toBeLessThan(65_000);
    await expect(query('SELECT zeroblob(2000000)')).rejects.toThrow('too big');
  });

  it('stops a query that takes longer than its time', async () => {
    const { signal } = new AbortController();
    const begun = performance.now();

    const stopped = readFrom(demoDatabasePath('acme'), endless, signal, 400);

    await expect(stopped).rejects.toThrow('The query was stopped after 400 ms; ask for less.');
    expect(performance.now() - begun).toBeLessThan(4_000);
  });

  it('stops at once when the run is cancelled, and holds up nothing meanwhile', async () => {
    const cancellation = new AbortController();
    const begun = performance.now();
    setTimeout(() => cancellation.abort(new Error('cancelled')), 300);

    await expect(query(endless, cancellation.signal)).rejects.toThrow('cancelled');

    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
