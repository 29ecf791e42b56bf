import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SqliteDatabase } from '#adapters/embedded/sqlite-database.ts';
import { aFolder } from './an-engine.ts';

/** A path for a database of its own. */
export const aDatabaseFile = () => join(aFolder(), 'test.db');

/** A database that is closed when the test ends. */
export function aDatabase(path = ':memory:'): SqliteDatabase {
  const database = new SqliteDatabase(path);
  // One that a test has closed itself refuses.
  onTestFinished(() => database.close().catch(() => undefined));
  return database;
}
