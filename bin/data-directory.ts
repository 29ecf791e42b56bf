import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const privately = 0o600;

/**
 * Keeps a second service from working on the same data. The operating system lets go of the lock
 * when the process ends, however it ends.
 * @returns what lets go of it
 * @throws Error where another process has it
 */
export function lockDataDirectory(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const lock = new DatabaseSync(join(dataDir, 'serving.lock'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    throw new Error(`Another service is working on ${resolve(dataDir)}. Set DATA_DIR to another.`);
  }
  return () => lock.close();
}

/** The token of this data directory, made at its first use. */
export function devTokenOf(dataDir: string): string {
  const file = join(dataDir, 'dev-token');
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (kept !== '') return kept;
  const token = `dev-${randomBytes(18).toString('base64url')}`;
  mkdirSync(dataDir, { recursive: true });
  // Under its name only when it is complete.
  writeFileSync(`${file}.new`, `${token}\n`, { mode: privately });
  renameSync(`${file}.new`, file);
  return token;
}
