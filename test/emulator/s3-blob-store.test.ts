import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { makeClient } from '#adapters/aws/clients.ts';
import { S3BlobStore } from '#adapters/aws/s3-blob-store.ts';
import { blobStoreTests } from '../adapters/blob-store-tests.ts';

const client = makeClient(S3Client);
const bucketName = `blobs-${randomUUID()}`;
let bucket: Promise<unknown> | undefined;

blobStoreTests('S3BlobStore', async () => {
  bucket ??= client.send(new CreateBucketCommand({ Bucket: bucketName }));
  await bucket;
  return new S3BlobStore({ client, bucketName });
});
