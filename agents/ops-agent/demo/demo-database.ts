import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { demoFolder } from './demo-folder.ts';
import { type DemoTable, demoTables } from './demo-rows.ts';

const schemaVersion = 1;
const busyTimeoutMs = 5_000;

export const demoDatabasePath = (orgId: string): string => join(demoFolder(orgId), 'demo.sqlite');

/** Opens the organisation's demo database, fills it on first use, and closes it after `work`. */
export function withDemoDatabase<T>(orgId: string, work: (database: DatabaseSync) => T): T {
  using database = new DatabaseSync(demoDatabasePath(orgId), { timeout: busyTimeoutMs });
  database.exec('PRAGMA journal_mode = WAL');
  if (versionOf(database) < schemaVersion) fill(database);
  return work(database);
}

/** `IMMEDIATE` runs `work` alone among all processes; what it throws undoes what it did. */
export function inTransaction<T>(
  database: DatabaseSync,
  mode: 'IMMEDIATE' | 'DEFERRED',
  work: () => T,
): T {
  database.exec(`BEGIN ${mode}`);
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

const versionOf = (database: DatabaseSync): number =>
  Number(database.prepare('PRAGMA user_version').get()?.['user_version']);

/** The version is set with the rows, so that of several processes one fills and none fills again. */
function fill(database: DatabaseSync): void {
  inTransaction(database, 'IMMEDIATE', () => {
    if (versionOf(database) >= schemaVersion) return;
    database.exec(
      'CREATE TABLE _applied_effects (idempotency_key TEXT PRIMARY KEY, result TEXT NOT NULL) STRICT',
    );
    for (const table of demoTables) createTable(database, table);
    database.exec(`PRAGMA user_version = ${schemaVersion}`);
  });
}

function createTable(database: DatabaseSync, { name, columns, rows }: DemoTable): void {
  database.exec(`CREATE TABLE ${name} (${columns.join(', ')})`);
  const insert = database.prepare(
    `INSERT INTO ${name} VALUES (${columns.map(() => '?').join(', ')})`,
  );
  for (const row of rows) insert.run(...row);
}
