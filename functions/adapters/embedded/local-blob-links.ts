import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { BlobLink, BlobLinks } from '#core/batch/blob-links.ts';
import type { Clock } from '#core/run/deps.ts';

type Method = 'PUT' | 'GET';

export const localBlobPath = '/blobs/';

/** Links to this very service, signed with a secret that ends with the process. */
export class LocalBlobLinks implements BlobLinks {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #secret = randomBytes(32);

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  async toPut(key: string, seconds: number, baseUrl: string): Promise<BlobLink> {
    return this.#link('PUT', key, seconds, baseUrl);
  }

  async toGet(key: string, seconds: number, baseUrl: string): Promise<BlobLink> {
    return this.#link('GET', key, seconds, baseUrl);
  }

  /** @returns the key of the blob that this request may reach; `undefined` where it may reach none */
  keyOf(method: string, path: string, query: URLSearchParams): string | undefined {
    if (!path.startsWith(localBlobPath)) return undefined;
    const key = path.slice(localBlobPath.length);
    const expiresAt = Number(query.get('expires'));
    const signature = Buffer.from(query.get('signature') ?? '', 'base64url');
    const expected = this.#sign(method, key, expiresAt);
    const isOurs = signature.length === expected.length && timingSafeEqual(signature, expected);
    return isOurs && expiresAt > this.#clock.now() ? key : undefined;
  }

  #link(method: Method, key: string, seconds: number, baseUrl: string): BlobLink {
    const expiresAt = this.#clock.now() + seconds * 1000;
    const signature = this.#sign(method, key, expiresAt).toString('base64url');
    const url = `${baseUrl}${localBlobPath}${key}?expires=${expiresAt}&signature=${signature}`;
    return { url, expiresAt };
  }

  #sign(method: string, key: string, expiresAt: number): Buffer {
    return createHmac('sha256', this.#secret).update(`${method}\n${key}\n${expiresAt}`).digest();
  }
}
