import { BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { keyAttributes, ttlAttribute } from '#adapters/aws/run-table.ts';
import type { StageConfig } from '../stage-config.ts';
import { accept } from './accept.ts';
import { removalPolicyOf } from './removal.ts';
import { toKeys } from './run-table.ts';
import type { ServiceFunction } from './service-function.ts';

/** Idempotency keys of a day. They are worth no backup. */
export class IdempotencyTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      ...toKeys(keyAttributes),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: ttlAttribute,
      deletionProtection: config.removalPolicy === 'retain',
      removalPolicy: removalPolicyOf(config),
    });
    accept(this.table, 'DDB3', 'Keys of the last day, restored later, would be out of date.');
  }

  /** The store of every function knows the table; most of them never touch it. */
  name(fn: ServiceFunction): void {
    fn.addEnvironment('IDEMPOTENCY_TABLE_NAME', this.table.tableName);
  }

  bind(fn: ServiceFunction): void {
    this.name(fn);
    fn.allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [this.table.tableArn]);
  }
}
