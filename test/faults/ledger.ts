import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';

const Entry = z.object({
  idempotencyKey: z.string(),
  label: z.string(),
  tool: z.string(),
  item: z.number(),
  /** Epoch milliseconds. */
  at: z.number(),
  /** The process that did it. */
  pid: z.number(),
});
export type Entry = z.infer<typeof Entry>;
type Call = Omit<Entry, 'at' | 'pid'>;

const columns = 'idempotencyKey, label, tool, item, at, pid';

/**
 * The world outside the service: what its tools were asked to do, and what they have done. An entry
 * that was written stays, whatever happens to the process that wrote it.
 */
export class Ledger {
  readonly #database: DatabaseSync;

  constructor(dataDir: string) {
    this.#database = new DatabaseSync(join(dataDir, 'ledger.db'), { timeout: 10_000 });
    this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
    for (const table of ['attempt', 'effect'])
      this.#database.exec(
        `CREATE TABLE IF NOT EXISTS ${table}
         (idempotencyKey TEXT, label TEXT, tool TEXT, item INTEGER, at INTEGER, pid INTEGER)`,
      );
  }

  attempt(call: Call): void {
    this.#insert('attempt', call);
  }

  /** As a server does that knows idempotency keys: a second request with the same one does nothing. */
  effectOnce(call: Call): void {
    const known = this.#database
      .prepare('SELECT 1 FROM effect WHERE idempotencyKey = ?')
      .get(call.idempotencyKey);
    if (known === undefined) this.effect(call);
  }

  effect(call: Call): void {
    this.#insert('effect', call);
  }

  attempts(label?: string): Entry[] {
    return this.#entries('attempt', label);
  }

  effects(label?: string): Entry[] {
    return this.#entries('effect', label);
  }

  #insert(table: string, { idempotencyKey, label, tool, item }: Call): void {
    this.#database
      .prepare(`INSERT INTO ${table} (${columns}) VALUES (?, ?, ?, ?, ?, ?)`)
      .run(idempotencyKey, label, tool, item, Date.now(), process.pid);
  }

  #entries(table: string, label: string | undefined): Entry[] {
    const all = z.array(Entry).parse(this.#database.prepare(`SELECT * FROM ${table}`).all());
    return label === undefined ? all : all.filter((entry) => entry.label === label);
  }
}
