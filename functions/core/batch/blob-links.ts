/** A URL that does one thing with one blob for whoever has it, without any other credential. */
export interface BlobLink {
  readonly url: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Lets callers move what is too large for a request or an answer past the API. */
export interface BlobLinks {
  /**
   * Takes a blob by `PUT`.
   * @param baseUrl where this service is reached
   */
  toPut(key: string, seconds: number, baseUrl: string): Promise<BlobLink>;
  /** Gives a blob by `GET`. */
  toGet(key: string, seconds: number, baseUrl: string): Promise<BlobLink>;
}
