import { ModelError } from './model-error.ts';

/** More than any provider takes of one file. */
const largestBytes = 20 * 1024 * 1024;

/**
 * Fetches what a caller's URL names; never from a private network.
 * @throws ModelError
 */
export async function downloadMedia(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const { downloadBlob } = await import('@ai-sdk/provider-utils');
  try {
    const blob = await downloadBlob(url, { maxBytes: largestBytes, abortSignal: signal });
    return await blob.bytes();
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelError(`The media cannot be fetched: ${reason}`, { cause: error });
  }
}
