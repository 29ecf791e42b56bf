import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const busyTimeoutMs = 5000;

/**
 * One SQLite database whose writes of one turn of the event loop share one commit, and so one wait
 * for the disk.
 */
export class SqliteDatabase {
  readonly #database: DatabaseSync;
  #commit: Promise<void> | undefined;

  /** @param path of the file, or `:memory:` */
  constructor(path: string) {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    this.#database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string) {
    return this.#database.prepare(sql);
  }

  /**
   * Opens the turn's transaction if it is not open yet.
   * @returns what resolves when all that was written in this turn is on disk
   */
  write(): Promise<void> {
    if (this.#commit === undefined) {
      this.#database.exec('BEGIN IMMEDIATE');
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      this.#commit = promise;
      setImmediate(() => {
        this.#commit = undefined;
        try {
          this.#database.exec('COMMIT');
          resolve();
        } catch (error) {
          if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
          reject(error);
        }
      });
    }
    return this.#commit;
  }

  /** Resolves when all that was read or written so far is on disk. */
  async settled(): Promise<void> {
    await this.#commit;
  }

  async close(): Promise<void> {
    await this.settled();
    this.#database.close();
  }
}
