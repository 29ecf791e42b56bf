/*
 * The one persistence port: a transactional item store in the shape of a DynamoDB table. What is
 * written together, and on which condition, is decided in core, once for every adapter.
 */

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Sparse secondary indexes; `waiting` is of runs that wait for a slot or a decision. An item without the attribute is not in the index. */
export const indexNames = ['tenant', 'agent', 'session', 'group', 'waiting', 'due'] as const;
export type IndexName = (typeof indexNames)[number];

export interface Item extends Key {
  /** Plain JSON, at most 400 KB with the keys. Parsed with zod by whoever reads it. */
  readonly value: Readonly<Record<string, unknown>>;
  readonly indexes?: Readonly<Partial<Record<IndexName, Key>>>;
  /** Epoch milliseconds; the store deletes the item some time after that. @default - never */
  readonly expiresAt?: number;
}

/** `absent`: no such item. `equals`: the item exists and these top-level values are equal. */
export type Condition =
  | { readonly absent: true }
  | { readonly equals: Readonly<Record<string, string | number | boolean>> };

export type Write =
  | { readonly put: Item; readonly when?: Condition }
  | { readonly delete: Key; readonly when?: Condition }
  | { readonly check: Key; readonly when: Condition };

export interface Query {
  /** @default - the table's own keys */
  readonly index?: IndexName;
  readonly pk: string;
  /** Sort keys strictly greater. */
  readonly after?: string;
  /** Sort keys strictly less. */
  readonly before?: string;
  readonly order: 'ascending' | 'descending';
  /** At most this many items. */
  readonly limit: number;
}

export interface ItemStore {
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>;

  /** Strongly consistent, any number of keys, in their order; absent ones are `undefined`. */
  getMany(keys: readonly Key[]): Promise<(Item | undefined)[]>;

  /** On the table strongly consistent, on an index eventually. */
  query(query: Query): Promise<Item[]>;

  /** As `query`, without the values: the keys of the table or index that was asked. */
  queryKeys(query: Query): Promise<Key[]>;

  /**
   * All writes or none, at most 100 and 4 MB, each item at most once. Durable when it resolves.
   * @throws TransactionConflict when a condition does not hold
   */
  transact(writes: readonly Write[]): Promise<void>;
}

/** Somebody else was first. The caller reads again and decides anew. */
export class TransactionConflict extends Error {
  override readonly name = 'TransactionConflict';
  /** Positions of the writes whose condition did not hold. */
  readonly failed: readonly number[];

  constructor(failed: readonly number[]) {
    super(`Condition of write ${failed.join(', ')} does not hold`);
    this.failed = failed;
  }
}
