import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LocalBlobLinks, localBlobPath } from '#adapters/embedded/local-blob-links.ts';
import type { LargeBlobStore } from '#core/store/large-blob-store.ts';

/** What S3 takes in one PUT is more; a machine's disk is somebody's. */
const largestBytes = 1024 * 1024 * 1024;
const windowBytes = 1024 * 1024;

/** @returns whether the request was for it, and is answered */
export type BlobServer = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** Takes and gives blobs by signed links, as S3 does on the other runtime. */
export const blobServer =
  (links: LocalBlobLinks, files: LargeBlobStore): BlobServer =>
  async (request, response) => {
    const [path = '', search = ''] = (request.url ?? '').split('?');
    if (!path.startsWith(localBlobPath)) return false;
    const key = links.keyOf(request.method ?? '', path, new URLSearchParams(search));
    if (key === undefined) refuse(response, 403, 'The link is not valid, or not any more.');
    else if (request.method === 'PUT') await take(files, key, request, response);
    else await give(files, key, response);
    return true;
  };

class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

async function take(
  files: LargeBlobStore,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await files.putParts(key, limited(request));
    response.writeHead(200).end();
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    refuse(response, 413, `A file is limited to ${largestBytes} bytes.`);
  }
}

async function* limited(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > largestBytes) throw new TooLarge();
    yield chunk;
  }
}

async function give(files: LargeBlobStore, key: string, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/jsonl' });
  for (let offset = 0; !response.destroyed; ) {
    const part = await files.getRange(key, offset, windowBytes);
    if (part.length === 0) break;
    offset += part.length;
    if (!response.write(part))
      await new Promise((go) => response.once('drain', go).once('close', go));
  }
  response.end();
}

function refuse(response: ServerResponse, status: number, detail: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', connection: 'close' });
  response.end(
    JSON.stringify({ type: 'about:blank', title: 'No such blob', status, detail, code: 'no_blob' }),
  );
}
