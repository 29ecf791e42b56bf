/** Bytes too large for an item: media and long texts. Keys start with the organisation. */
export interface BlobStore {
  /** Durable when it resolves. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** @throws BlobNotFound where there is none: whoever holds a key relies on it. */
  get(key: string): Promise<Uint8Array>;
  /** Deletes every blob whose key starts with the prefix, which ends with a slash. */
  deleteAll(prefix: string): Promise<void>;
}

export class BlobNotFound extends Error {
  override readonly name = 'BlobNotFound';

  constructor(key: string, options?: ErrorOptions) {
    super(`There is no blob ${key}`, options);
  }
}
