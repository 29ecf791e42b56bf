import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { BlobBucket } from '../constructs/blob-bucket.ts';
import { IdempotencyTable } from '../constructs/idempotency-table.ts';
import { RunTable } from '../constructs/run-table.ts';
import type { StageConfig } from '../stage-config.ts';

export interface DataStackProps extends StackProps {
  readonly config: StageConfig;
}

/** All that is kept. */
export class DataStack extends Stack {
  readonly runTable: RunTable;
  readonly idempotencyTable: IdempotencyTable;
  readonly blobBucket: BlobBucket;

  constructor(scope: Construct, id: string, { config, ...props }: DataStackProps) {
    super(scope, id, props);
    this.runTable = new RunTable(this, 'RunTable', config);
    this.idempotencyTable = new IdempotencyTable(this, 'IdempotencyTable', config);
    this.blobBucket = new BlobBucket(this, 'BlobBucket', config);
    new CfnOutput(this, 'RunTableName', { value: this.runTable.table.tableName });
  }
}
