import { CfnResource, Duration } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config.ts';
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
      autoDeleteObjects: config.removalPolicy === 'destroy',
    });
    const { defaultChild } = this.bucket.node;
    if (CfnResource.isCfnResource(defaultChild)) surviveReplacement(defaultChild);
  }

  bind(fn: ServiceFunction, may: readonly ('read' | 'write' | 'delete')[]): void {
    fn.addEnvironment('BLOB_BUCKET_NAME', this.bucket.bucketName);
    const actions = may.map((one) => objectActions[one]);
    fn.allow(actions, [this.bucket.arnForObjects('*')]);
    if (may.includes('delete')) fn.allow(['s3:ListBucket'], [this.bucket.bucketArn]);
  }
}

const objectActions = {
  read: 's3:GetObject',
  write: 's3:PutObject',
  delete: 's3:DeleteObject',
} as const;
