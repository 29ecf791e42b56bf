import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { S3BlobStore } from '#adapters/aws/s3-blob-store.ts';
import { BlobNotFound } from '#core/store/blob-store.ts';

function aBucket() {
  const s3 = mockClient(S3Client);
  const client = new S3Client({ region: 'us-east-1' });
  return { s3, store: new S3BlobStore({ client, bucketName: 'blobs' }) };
}

const objects = (...keys: string[]) => keys.map((Key) => ({ Key }));

describe('S3BlobStore', () => {
  it('deletes page by page', async () => {
    const { s3, store } = aBucket();
    s3.on(ListObjectsV2Command)
      .resolvesOnce({ Contents: objects('org/run/a', 'org/run/b'), NextContinuationToken: 'next' })
      .resolves({ Contents: objects('org/run/c') });
    s3.on(DeleteObjectsCommand).resolves({});

    await store.deleteAll('org/run/');

    expect(s3.calls().map(({ args: [{ input }] }) => input)).toEqual([
      { Bucket: 'blobs', Prefix: 'org/run/' },
      {
        Bucket: 'blobs',
        Delete: { Objects: objects('org/run/a', 'org/run/b'), Quiet: true },
      },
      { Bucket: 'blobs', Prefix: 'org/run/', ContinuationToken: 'next' },
      { Bucket: 'blobs', Delete: { Objects: objects('org/run/c'), Quiet: true } },
    ]);
  });

  it('tells a blob that is not there from a store that does not answer', async () => {
    const { s3, store } = aBucket();
    s3.on(GetObjectCommand)
      .rejectsOnce(new NoSuchKey({ message: 'no', $metadata: {} }))
      .rejectsOnce(new NoSuchKey({ message: 'no', $metadata: {} }))
      .rejects(new Error('the connection is cut'));

    await expect(store.get('org/run/a')).rejects.toThrow(BlobNotFound);
    await expect(store.getRange('org/run/a', 0, 1)).rejects.toThrow(BlobNotFound);
    await expect(store.get('org/run/a')).rejects.toThrow('cut');
    await expect(store.getRange('org/run/a', 0, 1)).rejects.toThrow('cut');
  });

  it('says which blob could not be deleted', async () => {
    const { s3, store } = aBucket();
    s3.on(ListObjectsV2Command).resolves({ Contents: objects('org/run/a', 'org/run/b') });
    s3.on(DeleteObjectsCommand).resolves({ Errors: [{ Key: 'org/run/b', Code: 'AccessDenied' }] });

    await expect(store.deleteAll('org/run/')).rejects.toThrow(
      '1 of 2 blobs not deleted, such as org/run/b: AccessDenied',
    );
  });

  it.each(['org', 'org/run', '', '/', '../'])(
    'deletes nothing by the prefix %j',
    async (prefix) => {
      const { s3, store } = aBucket();

      await expect(store.deleteAll(prefix)).rejects.toThrow('No blob key');

      expect(s3.calls()).toEqual([]);
    },
  );
});
