import { expect, it } from 'vitest';
import { S3BlobLinks, S3LinkClient } from '#adapters/aws/s3-blob-links.ts';
import { aClock } from '../../builders/a-clock.ts';

it('a link to put something takes whatever is put, until it expires', async () => {
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };
  const client = new S3LinkClient({ region: 'eu-west-1', credentials });
  const clock = aClock();
  const links = new S3BlobLinks({ client, bucketName: 'blobs', clock });

  const { url, expiresAt } = await links.toPut('org/batch/input', 900);

  const { pathname, searchParams } = new URL(url);
  const checksums = [...searchParams.keys()].filter((name) => /checksum/i.test(name));
  expect(checksums).toEqual([]);
  expect(pathname).toBe('/org/batch/input');
  expect(searchParams.get('X-Amz-Expires')).toBe('900');
  expect(expiresAt).toBe(clock.now() + 900_000);
});
