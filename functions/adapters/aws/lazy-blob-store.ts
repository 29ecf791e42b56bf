import type { BlobStore } from '#core/store/blob-store.ts';

/**
 * A blob store that is loaded when it is used first: most requests carry nothing large, and S3's
 * client is a fifth of the code of a function.
 */
export function lazyBlobStore(load: () => Promise<BlobStore>): BlobStore {
  let loaded: Promise<BlobStore> | undefined;
  const store = () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  return {
    put: async (key, bytes) => (await store()).put(key, bytes),
    get: async (key) => (await store()).get(key),
    deleteAll: async (prefix) => (await store()).deleteAll(prefix),
  };
}
