import type { LargeBlobStore } from '#core/store/large-blob-store.ts';

/**
 * A blob store that is loaded when it is used first: most requests carry nothing large, and S3's
 * client is a fifth of the code of a function.
 */
export function lazyBlobStore(load: () => Promise<LargeBlobStore>): LargeBlobStore {
  let loaded: Promise<LargeBlobStore> | undefined;
  const store = () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  return {
    put: async (key, bytes) => (await store()).put(key, bytes),
    putParts: async (key, parts) => (await store()).putParts(key, parts),
    getRange: async (key, offset, length) => (await store()).getRange(key, offset, length),
    get: async (key) => (await store()).get(key),
    deleteAll: async (prefix) => (await store()).deleteAll(prefix),
  };
}
