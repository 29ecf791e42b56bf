import type { StepInput } from '#core/run/agents.ts';
import { type FilePart, mediaKey } from '#core/session/transcript.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { type FetchedUrl, type UrlFetch, UrlFetchError } from '#core/url-fetch.ts';
import { retried } from './retried.ts';

export interface MediaAgent {
  readonly blobs: BlobStore;
  readonly fetchUrl: UrlFetch;
}

/** A medium that the run cannot be taken up without; the message names it. */
export class MediaError extends Error {
  override readonly name = 'MediaError';
}

/** Of each, and of all of a run: what providers take, and a prompt can hold. */
const largestBytes = 10 * 1024 * 1024;
const largestBytesOfAll = 20 * 1024 * 1024;
const retries = 2;

/**
 * The media of a request, each as bytes among the session's blobs: what a URL leads to is fetched
 * once, by us, so that every later call of a model sees the same and no provider fetches for anybody.
 * @throws MediaError; whatever the run's signal aborted with
 */
export async function bringMedia(agent: MediaAgent, input: StepInput): Promise<FilePart[]> {
  const media: FilePart[] = [];
  let left = largestBytesOfAll;
  for (const [i, part] of input.request.media.entries()) {
    if (part.source.type === 'url') {
      const { bytes } = await fetchMedium(agent, input, i, Math.min(left, largestBytes));
      const blobKey = mediaKey(input.run, i);
      await agent.blobs.put(blobKey, bytes);
      left -= bytes.length;
      media.push({ ...part, source: { type: 'blob', blobKey, sizeBytes: bytes.length } });
    } else media.push(part);
  }
  return media;
}

async function fetchMedium(
  { fetchUrl }: MediaAgent,
  { request: { media }, signal }: StepInput,
  index: number,
  maxBytes: number,
): Promise<FetchedUrl> {
  const { mediaType, source } = media[index] ?? {};
  if (source?.type !== 'url') throw new Error(`media[${index}] is no URL`);
  const { url } = source;
  try {
    const fetched = await retried(() => fetchUrl(url, { maxBytes, signal }), {
      retries,
      signal,
      isWorthIt: (error) => error instanceof UrlFetchError && error.isPassing,
    });
    return checkType(fetched, mediaType ?? '');
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UrlFetchError)) throw error;
    throw new MediaError(`media[${index}]: ${url}: ${error.message}.`, { cause: error });
  }
}

const saysNothing: ReadonlySet<string> = new Set([
  'application/octet-stream',
  'binary/octet-stream',
]);
/** Servers name the kind of these, and get the rest of it wrong. */
const looseKinds: ReadonlySet<string | undefined> = new Set(['image', 'audio', 'video', 'text']);
const kindOf = (mediaType: string) => mediaType.split('/')[0];

/** A page that asks to sign in is no picture, whatever its URL ends with. */
function checkType(fetched: FetchedUrl, mediaType: string): FetchedUrl {
  const { mediaType: answered = 'application/octet-stream' } = fetched;
  const kind = kindOf(mediaType);
  const fits =
    saysNothing.has(answered) ||
    answered === mediaType.toLowerCase() ||
    (looseKinds.has(kind) && kindOf(answered) === kind && answered !== 'text/html');
  if (!fits) throw new UrlFetchError(`is ${answered}, not ${mediaType}`);
  return fetched;
}
