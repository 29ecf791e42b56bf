import {
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { BlobLink, BlobLinks } from '#core/batch/blob-links.ts';
import type { Clock } from '#core/run/deps.ts';
import { blobKeyParts } from '../blob-key.ts';

interface Options {
  readonly client: S3LinkClient;
  readonly bucketName: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** Nobody knows what will be put when its link is signed: a checksum in it would be that of nothing. */
export class S3LinkClient extends S3Client {
  constructor(config: S3ClientConfig) {
    super({ ...config, requestChecksumCalculation: 'WHEN_REQUIRED' });
  }
}

/** Links to the bucket, signed with the credentials of this function, and valid no longer than those. */
export class S3BlobLinks implements BlobLinks {
  readonly #client: S3LinkClient;
  readonly #bucketName: string;
  readonly #clock: Pick<Clock, 'now'>;

  constructor({ client, bucketName, clock }: Options) {
    this.#client = client;
    this.#bucketName = bucketName;
    this.#clock = clock;
  }

  toPut(key: string, seconds: number): Promise<BlobLink> {
    return this.#link(new PutObjectCommand(this.#target(key)), seconds);
  }

  toGet(key: string, seconds: number): Promise<BlobLink> {
    return this.#link(new GetObjectCommand(this.#target(key)), seconds);
  }

  #target(key: string) {
    return { Bucket: this.#bucketName, Key: blobKeyParts(key).join('/') };
  }

  async #link(command: PutObjectCommand | GetObjectCommand, seconds: number): Promise<BlobLink> {
    const expiresAt = this.#clock.now() + seconds * 1000;
    return { url: await getSignedUrl(this.#client, command, { expiresIn: seconds }), expiresAt };
  }
}
