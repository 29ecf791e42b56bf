import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { indexNames } from '#core/store/item-store.ts';
import { aDeployment } from '../builders/a-deployment.ts';

const prod = aDeployment({ stage: 'prod' }).Data;
const dev = aDeployment({ stage: 'dev' }).Data;

const keys = [
  { AttributeName: 'pk', KeyType: 'HASH' },
  { AttributeName: 'sk', KeyType: 'RANGE' },
];
const runTable = Match.objectLike({ StreamSpecification: Match.anyValue() });
const idempotencyTable = Match.objectLike({ StreamSpecification: Match.absent() });
const kept = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket'] as const;

const policiesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(
    ({ DeletionPolicy: deletion, UpdateReplacePolicy: replacement }) => ({ deletion, replacement }),
  );

describe('the run table', () => {
  it('has the keys and the TTL attribute that the store uses, and costs nothing at rest', () => {
    prod.hasResourceProperties('AWS::DynamoDB::Table', {
      StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
      KeySchema: keys,
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
  });

  it('can be restored to any second of the last days', () => {
    prod.hasResourceProperties('AWS::DynamoDB::Table', {
      StreamSpecification: Match.anyValue(),
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });

  it('has each index, with nothing in it but the keys', () => {
    prod.hasResourceProperties('AWS::DynamoDB::Table', {
      GlobalSecondaryIndexes: indexNames.map((name) => ({
        IndexName: name,
        KeySchema: [
          { AttributeName: `${name}_pk`, KeyType: 'HASH' },
          { AttributeName: `${name}_sk`, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
    });
  });
});

it('keeps idempotency keys in a table of their own, without a backup', () => {
  prod.hasResourceProperties('AWS::DynamoDB::Table', {
    StreamSpecification: Match.absent(),
    PointInTimeRecoverySpecification: Match.absent(),
    KeySchema: keys,
    BillingMode: 'PAY_PER_REQUEST',
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  });
});

describe('the bucket', () => {
  it('is closed to the public, encrypted, and forgets uploads that broke off', () => {
    prod.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
        ],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      LifecycleConfiguration: {
        Rules: [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' }],
      },
    });
  });

  it('refuses requests that are not encrypted', () => {
    prod.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 's3:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });
});

describe('data in stage prod', () => {
  it.each(kept)('outlive their stack: %s', (type) => {
    expect(new Set(policiesOf(prod, type).map(({ deletion }) => deletion))).toEqual(
      new Set(['Retain']),
    );
  });

  it('cannot be deleted by mistake', () => {
    prod.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
    prod.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });
});

describe('data in stage dev', () => {
  it('go with their stack', () => {
    expect(kept.flatMap((type) => policiesOf(dev, type))).toMatchObject([
      { deletion: 'Delete' },
      { deletion: 'Delete' },
      { deletion: 'Delete' },
    ]);
    dev.allResourcesProperties('AWS::DynamoDB::Table', {
      DeletionProtectionEnabled: Match.not(true),
    });
    dev.resourceCountIs('Custom::S3AutoDeleteObjects', 1);
  });

  it('survive an update that replaces the table or the bucket', () => {
    const tables = dev.findResources('AWS::DynamoDB::Table', { Properties: runTable });
    const buckets = dev.findResources('AWS::S3::Bucket');

    for (const resource of Object.values({ ...tables, ...buckets }))
      expect(resource['UpdateReplacePolicy']).toBe('Retain');
  });

  it('are left to the process of an emulator', () => {
    const emulated = aDeployment({ stage: 'emulator' }).Data;

    emulated.resourceCountIs('Custom::S3AutoDeleteObjects', 0);
  });

  it('are kept where that is asked for', () => {
    const kept = aDeployment({ stage: 'dev', removalPolicy: 'retain' }).Data;

    kept.allResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain' });
  });
});

it('says how the run table is called', () => {
  const [id] = Object.keys(prod.findResources('AWS::DynamoDB::Table', { Properties: runTable }));

  prod.hasOutput('RunTableName', { Value: { Ref: id } });
  expect(
    Object.keys(prod.findResources('AWS::DynamoDB::Table', { Properties: idempotencyTable })),
  ).toHaveLength(1);
});
