/** Fetches what a URL leads to, which a caller or a model has chosen: from where that does no harm. */
export type UrlFetch = (url: string, options: UrlFetchOptions) => Promise<FetchedUrl>;

export interface UrlFetchOptions {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface FetchedUrl {
  readonly bytes: Uint8Array;
  /** As its server names it, in lower case and without parameters. @default - it does not */
  readonly mediaType?: string;
}

/** Nothing was fetched; the message may be shown to whoever gave the URL. */
export class UrlFetchError extends Error {
  override readonly name = 'UrlFetchError';
  /** Whether it may go well a moment later. */
  readonly isPassing: boolean;

  constructor(message: string, options: { isPassing?: boolean; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.isPassing = options.isPassing ?? false;
  }
}
