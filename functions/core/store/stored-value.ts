import * as z from 'zod';
import type { BlobStore } from './blob-store.ts';

/** A value that lies in its item, or, where it is large, in the blob store under a key. */
export const StoredValue = z.discriminatedUnion('in', [
  z.object({ in: z.literal('item'), value: z.unknown() }),
  z.object({ in: z.literal('blob'), key: z.string() }),
]);
export type StoredValue = z.infer<typeof StoredValue>;

interface Deps {
  readonly blobs: BlobStore;
  readonly settings: { readonly inlineBytes: number };
}

/** Keeps a value of at most `inlineBytes` of JSON in the item, and puts a larger one to the blobs. */
export async function storeValue(deps: Deps, key: string, value: unknown): Promise<StoredValue> {
  const json = JSON.stringify(value);
  if (json.length <= deps.settings.inlineBytes) return { in: 'item', value };
  await deps.blobs.put(key, new TextEncoder().encode(json));
  return { in: 'blob', key };
}

export async function loadValue<Schema extends z.ZodType>(
  deps: Pick<Deps, 'blobs'>,
  stored: StoredValue,
  schema: Schema,
): Promise<z.output<Schema>> {
  if (stored.in === 'item') return schema.parse(stored.value);
  return schema.parse(JSON.parse(new TextDecoder().decode(await deps.blobs.get(stored.key))));
}
