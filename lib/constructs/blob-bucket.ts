import { CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import * as z from 'zod';
import type { StageConfig } from '../stage-config.ts';
import { accept } from './accept.ts';
import { removalPolicyOf, surviveReplacement } from './removal.ts';
import type { ServiceFunction } from './service-function.ts';

/**
 * Media and values too large for an item. Nothing in it expires by age, as a session that is in use
 * needs its oldest checkpoints: the sweeper deletes what belongs to a run or a session with it.
 */
export class BlobBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy: removalPolicyOf(config),
      // An emulator has no tag by which the bucket says that it may be emptied.
      autoDeleteObjects: config.removalPolicy === 'destroy' && !config.isEmulator,
    });
    const { defaultChild } = this.bucket.node;
    if (CfnResource.isCfnResource(defaultChild)) surviveReplacement(defaultChild);
    accept(
      this.bucket,
      'S1',
      'Only functions of this deployment reach it, and log what they do; CloudTrail can record every access.',
    );
  }

  /** @param may `list`: S3 tells only those of a missing object that it is missing */
  bind(fn: ServiceFunction, may: readonly ('list' | 'read' | 'write' | 'delete')[]): void {
    fn.addEnvironment('BLOB_BUCKET_NAME', this.bucket.bucketName);
    const actions = may.flatMap((one) => (one === 'list' ? [] : objectActions[one]));
    fn.allow(actions, [this.bucket.arnForObjects('*')]);
    fn.acceptWildcard(
      `${this.#exportedArn()}/*`,
      'Keys of objects begin with organisations and runs, of which there are ever more.',
    );
    if (may.includes('delete') || may.includes('list'))
      fn.allow(['s3:ListBucket'], [this.bucket.bucketArn]);
  }

  /** How the stacks of the functions name it. */
  #exportedArn(): string {
    const stack = Stack.of(this);
    return Import.parse(stack.resolve(stack.exportValue(this.bucket.bucketArn)))['Fn::ImportValue'];
  }
}

const Import = z.object({ 'Fn::ImportValue': z.string() });

const objectActions = {
  read: 's3:GetObject',
  write: 's3:PutObject',
  delete: 's3:DeleteObject',
} as const;
