import { closeSync, fdatasync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const busyTimeoutMs = 5000;
/** 32 MB of log: pages that are written often reach the database file seldom. */
const checkpointPages = 8192;
/** What runs at the moment is read again and again; SQLite's own 2 MB are soon too few. */
const cacheKiB = 64 * 1024;

/** What is written between two waits for the disk. */
interface Batch {
  readonly durable: Promise<void>;
  resolve(): void;
  reject(cause: unknown): void;
}

/**
 * One SQLite database whose writers share transactions and waits for the disk: all that is written
 * while the disk works is one commit.
 *
 * SQLite itself would hold up the process at every commit until the disk has it. So it only writes
 * its log (`synchronous = NORMAL`), and the log is synced here, off the main thread. Who awaits
 * `write` or `settled` has the guarantee of `synchronous = FULL`.
 */
export class SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #logPath: string | undefined;
  #log: number | undefined;
  #open: Batch | undefined;
  #abandoned: { readonly cause: unknown } | undefined;
  #syncing = false;
  /** Batches whose end is not known. */
  readonly #pending = new Set<Promise<void>>();
  #broken: unknown;

  /** @param path of the file, or `:memory:` */
  constructor(path: string) {
    const inMemory = path === ':memory:';
    if (!inMemory) mkdirSync(dirname(path), { recursive: true });
    this.#logPath = inMemory ? undefined : `${path}-wal`;
    this.#database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    this.#database.exec(
      `PRAGMA journal_mode = WAL;
       PRAGMA synchronous = NORMAL;
       PRAGMA wal_autocheckpoint = ${checkpointPages};
       PRAGMA cache_size = -${cacheKiB}`,
    );
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  prepare(sql: string) {
    return this.#database.prepare(sql);
  }

  /**
   * Opens the batch's transaction if it is not open yet.
   * @returns what resolves when all that was written up to then is on disk
   * @throws where nothing can be written any more, or in this batch
   */
  write(): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#abandoned) throw this.#abandoned.cause;
    if (this.#open === undefined) {
      this.#database.exec('BEGIN IMMEDIATE');
      const { promise: durable, resolve, reject } = Promise.withResolvers<void>();
      this.#open = { durable, resolve, reject };
      this.#pending.add(durable);
      durable.catch(() => undefined).finally(() => this.#pending.delete(durable));
      if (!this.#syncing) setImmediate(() => this.#commit());
    }
    return this.#open.durable;
  }

  /** Takes back all that was written in this batch: whoever waits for it fails with the cause. */
  abandon(cause: unknown): void {
    this.#abandoned = { cause };
  }

  /** Resolves when all that was read or written so far is on disk. @throws where some of it is not */
  async settled(): Promise<void> {
    if (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#pending);
    this.#database.close();
    if (this.#log !== undefined) closeSync(this.#log);
  }

  #commit(): void {
    const batch = this.#open;
    if (batch === undefined) return;
    const abandoned = this.#abandoned;
    this.#open = undefined;
    this.#abandoned = undefined;
    try {
      if (abandoned) throw abandoned.cause;
      if (this.#broken !== undefined) throw this.#broken;
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      batch.reject(error);
      return;
    }
    if (this.#logPath === undefined) batch.resolve();
    else this.#sync(batch, this.#logPath);
  }

  #sync(batch: Batch, logPath: string): void {
    this.#syncing = true;
    // The log is there now: something was committed to it.
    this.#log ??= openSync(logPath, 'r+');
    fdatasync(this.#log, (error) => {
      this.#syncing = false;
      if (error) {
        // After a failed sync nobody knows what the disk has: no later one can make up for it.
        this.#broken = error;
        batch.reject(error);
      } else batch.resolve();
      // After those who waited have gone on, and written what they do next.
      if (this.#open) setImmediate(() => this.#commit());
    });
  }
}
