import { closeSync, fdatasync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const busyTimeoutMs = 5000;
/** 32 MB of log: pages that are written often reach the database file seldom. */
const checkpointPages = 8192;

interface Turn {
  readonly durable: Promise<void>;
  resolve(): void;
  reject(cause: unknown): void;
}

/**
 * One SQLite database whose writes of one turn of the event loop share one transaction, and whose
 * transactions share their waits for the disk.
 *
 * SQLite itself would hold up the process at every commit until the disk has it. So it only writes
 * its log (`synchronous = NORMAL`), and the log is synced here, off the main thread. Who awaits
 * `write` or `settled` has the guarantee of `synchronous = FULL`.
 */
export class SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #logPath: string | undefined;
  #log: number | undefined;
  #open: Turn | undefined;
  #abandoned: { readonly cause: unknown } | undefined;
  /** Committed, and not known to be on disk. */
  #unsynced: Turn[] = [];
  #syncing = false;
  /** Turns whose end is not known. */
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
       PRAGMA wal_autocheckpoint = ${checkpointPages}`,
    );
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
   * @throws where nothing can be written any more, or in this turn
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
      setImmediate(() => this.#commit());
    }
    return this.#open.durable;
  }

  /** Takes back all that was written in this turn: whoever waits for it fails with the cause. */
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
    const turn = this.#open;
    if (turn === undefined) return;
    const abandoned = this.#abandoned;
    this.#open = undefined;
    this.#abandoned = undefined;
    try {
      if (abandoned) throw abandoned.cause;
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      turn.reject(error);
      return;
    }
    this.#unsynced.push(turn);
    this.#sync();
  }

  /** One sync at a time; what is committed meanwhile shares the next one. */
  #sync(): void {
    if (this.#syncing || this.#unsynced.length === 0) return;
    const turns = this.#unsynced;
    this.#unsynced = [];
    if (this.#logPath === undefined) {
      for (const turn of turns) turn.resolve();
      return;
    }
    this.#syncing = true;
    // The log is there now: something was committed to it.
    this.#log ??= openSync(this.#logPath, 'r+');
    fdatasync(this.#log, (error) => {
      this.#syncing = false;
      // After a failed sync nobody knows what the disk has: no later one can make up for it.
      if (error) this.#broken = error;
      for (const turn of turns) {
        if (error) turn.reject(error);
        else turn.resolve();
      }
      this.#sync();
    });
  }
}
