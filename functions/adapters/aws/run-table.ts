import type { IndexName } from '#core/store/item-store.ts';

/*
 * Names in the tables, for the stack that makes them and the store that uses them. The idempotency
 * table has the same key and no index.
 */

/** Both of type string; those of the table itself, and by index name of the indexes. */
export const keyAttributes = { pk: 'pk', sk: 'sk' } as const;
export const indexKeyAttributes = (index: IndexName) =>
  ({ pk: `${index}_pk`, sk: `${index}_sk` }) as const;

/**
 * An index entry is written only when its key changes. With the values in it, each of a run's many
 * writes would be one in four indexes more; lists are read much less often than runs are written.
 */
export const indexProjection = 'KEYS_ONLY' as const;

/** Epoch seconds after which DynamoDB deletes the item, some time. */
export const ttlAttribute = 'ttl';
