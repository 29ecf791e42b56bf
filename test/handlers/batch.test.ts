import { GetObjectCommand } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { listBatches } from '#core/batch/batch-repository.ts';
import { aContext } from '../builders/a-context.ts';
import { anAccount } from './an-account.ts';

const machine = 'arn:aws:states:eu-central-1:123456789012:stateMachine:Batch';

async function anImporter() {
  const account = anAccount(undefined, undefined, { BATCH_MACHINE_ARN: machine });
  const { handler } = await import('../../functions/batch/handler.ts');
  const request = (detail: object) =>
    handler(
      {
        id: 'event-1',
        source: 'my.import',
        detail: { orgId: 'acme', agentId: 'worker', ...detail },
      },
      aContext(),
    );
  const batches = async () =>
    (await listBatches(account.deps, { orgId: 'acme', limit: 10 })).batches;
  return { ...account, request, batches };
}

describe('an event that asks for a batch', () => {
  const file = { bucket: 'blobs', key: 'acme/imports/lines.jsonl' };

  it('names a file, which is worked on where it lies', async () => {
    const { request, batches, s3, sfn } = await anImporter();
    s3.on(GetObjectCommand).resolves({});

    await request({ file });

    const [batch] = await batches();
    expect(batch).toMatchObject({ fileKey: file.key, principal: 'event:my.import' });
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toMatchObject({
      ...{ Bucket: 'blobs', Key: file.key },
    });
    const [start] = sfn.commandCalls(StartExecutionCommand);
    expect(start?.args[0].input).toMatchObject({
      stateMachineArn: machine,
      name: expect.stringContaining(batch?.id ?? ''),
    });
  });

  it('makes one batch however often it comes', async () => {
    const { request, batches } = await anImporter();

    await request({ items: [{ message: 'safe' }] });
    await request({ items: [{ message: 'safe' }] });

    expect(await batches()).toHaveLength(1);
  });

  it.each([
    ['a file in another bucket', { file: { ...file, bucket: 'theirs' } }, /theirs/],
    ['a file of another organisation', { file: { ...file, key: 'beta/x' } }, /organisation/],
    ['neither a file nor items', {}, /items or file/],
    ['both', { file, items: [{ message: 'safe' }] }, /items or file/],
    ['an agent that there is not', { items: [{}], agentId: 'nobody' }, /nobody/],
  ])('is given up with %s', async (_, detail, reason) => {
    const { request, batches, sfn } = await anImporter();

    await expect(request(detail)).rejects.toThrow(reason);

    expect(await batches()).toEqual([]);
    expect(sfn.commandCalls(StartExecutionCommand)).toHaveLength(0);
  });
});
