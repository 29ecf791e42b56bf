import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { BlobNotFound } from '#core/store/blob-store.ts';
import type { LargeBlobStore } from '#core/store/large-blob-store.ts';
import { blobKeyParts, blobPrefixParts } from '../blob-key.ts';
import { uploadParts } from './upload-parts.ts';

interface Options {
  readonly client: S3Client;
  readonly bucketName: string;
}

/** Blobs as the objects of a bucket. */
export class S3BlobStore implements LargeBlobStore {
  readonly #client: S3Client;
  readonly #bucketName: string;

  constructor({ client, bucketName }: Options) {
    this.#client = client;
    this.#bucketName = bucketName;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.#bucketName, Key: checked(key), Body: bytes }),
    );
  }

  async putParts(key: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
    const target = { Bucket: this.#bucketName, Key: checked(key) };
    await uploadParts(this.#client, target, parts);
  }

  async getRange(key: string, offset: number, length: number): Promise<Uint8Array> {
    try {
      const { Body: body } = await this.#client.send(
        new GetObjectCommand({
          Bucket: this.#bucketName,
          Key: checked(key),
          Range: `bytes=${offset}-${offset + length - 1}`,
        }),
      );
      return (await body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      // There is nothing at the offset: the object ends before it.
      if (error instanceof S3ServiceException && error.name === 'InvalidRange')
        return new Uint8Array();
      return notFound(key)(error);
    }
  }

  async get(key: string): Promise<Uint8Array> {
    const { Body: body } = await this.#client
      .send(new GetObjectCommand({ Bucket: this.#bucketName, Key: checked(key) }))
      .catch(notFound(key));
    if (body === undefined) throw new Error(`Blob ${key} came without a body`);
    return body.transformToByteArray();
  }

  async deleteAll(prefix: string): Promise<void> {
    blobPrefixParts(prefix);
    let from: string | undefined;
    do {
      const page = await this.#client.send(
        new ListObjectsV2Command({
          Bucket: this.#bucketName,
          Prefix: prefix,
          ContinuationToken: from,
        }),
      );
      await this.#delete((page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      from = page.NextContinuationToken;
    } while (from !== undefined);
  }

  /** @param keys of one page of a list, which has no more than one request can delete */
  async #delete(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    const { Errors: errors = [] } = await this.#client.send(
      new DeleteObjectsCommand({
        Bucket: this.#bucketName,
        Delete: { Objects: keys.map((key) => ({ Key: key })), Quiet: true },
      }),
    );
    const [first] = errors;
    if (first)
      throw new Error(
        `${errors.length} of ${keys.length} blobs not deleted, such as ${first.Key}: ${first.Code}`,
      );
  }
}

/** Whoever may not list the bucket is told AccessDenied instead, which says nothing of the key. */
const notFound = (key: string) => (error: unknown) => {
  if (error instanceof NoSuchKey) throw new BlobNotFound(key, { cause: error });
  throw error;
};

const checked = (key: string) => blobKeyParts(key).join('/');
