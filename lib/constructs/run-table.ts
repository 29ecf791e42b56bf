import { CfnResource } from 'aws-cdk-lib';
import {
  type Attribute,
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
} from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import {
  indexKeyAttributes,
  indexProjection,
  keyAttributes,
  ttlAttribute,
} from '#adapters/aws/run-table.ts';
import { type IndexName, indexNames } from '#core/store/item-store.ts';
import { apiKeyRange } from '#core/store/keys.ts';
import type { StageConfig } from '../stage-config.ts';
import { removalPolicyOf, surviveReplacement } from './removal.ts';
import type { ServiceFunction } from './service-function.ts';

/** Runs, sessions and all that belongs to them. */
export class RunTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, config: StageConfig) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      ...toKeys(keyAttributes),
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: ttlAttribute,
      // The outbox reads its rows from the table: what was told meanwhile is no longer there.
      stream: StreamViewType.KEYS_ONLY,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: config.removalPolicy === 'retain',
      removalPolicy: removalPolicyOf(config),
    });
    for (const indexName of indexNames) {
      this.table.addGlobalSecondaryIndex({
        indexName,
        ...toKeys(indexKeyAttributes(indexName)),
        projectionType: ProjectionType[indexProjection],
      });
    }
    const { defaultChild } = this.table.node;
    if (CfnResource.isCfnResource(defaultChild)) surviveReplacement(defaultChild);
  }

  get streamArn(): string {
    if (this.table.tableStreamArn === undefined) throw new Error('The table has no stream');
    return this.table.tableStreamArn;
  }

  /** Lets the function's poller read what is written. Streams can be listed all or none. */
  bindStream(fn: ServiceFunction): void {
    fn.allow(streamActions, [this.streamArn]);
    fn.allow(['dynamodb:ListStreams'], ['*']);
    fn.acceptWildcard('*', 'Lambda demands ListStreams, which knows no resource.');
  }

  /** Lets the function do these things with items, and ask these indexes. */
  bind(fn: ServiceFunction, use: RunTableUse = {}): void {
    const { actions = itemActions, indexes = [], readsApiKeys = false } = use;
    const { tableArn } = this.table;
    const indexArns = indexes.map((index) => `${tableArn}/index/${index}`);
    fn.addEnvironment('RUN_TABLE_NAME', this.table.tableName);
    fn.allow(actions, [tableArn]);
    if (indexArns.length > 0) fn.allow(['dynamodb:Query'], indexArns);
    // What an agent imports works with the rights of its function: it could make itself a key.
    const denied = actions.filter((one) => !(readsApiKeys && one === 'dynamodb:GetItem'));
    fn.addToRolePolicy(onApiKeys(Effect.DENY, denied, tableArn));
  }
}

export interface RunTableUse {
  /** @default - all that a change of a run may need */
  readonly actions?: readonly (typeof itemActions)[number][];
  /** @default - none */
  readonly indexes?: readonly IndexName[];
  /** Whether it authenticates callers. Nothing that is deployed makes keys. @default false */
  readonly readsApiKeys?: boolean;
}

const onApiKeys = (effect: Effect, actions: readonly string[], tableArn: string) =>
  new PolicyStatement({
    effect,
    actions: [...actions],
    resources: [tableArn],
    conditions: { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': [apiKeyRange.pk] } },
  });

export const toKeys = ({ pk, sk }: { readonly pk: string; readonly sk: string }) => ({
  partitionKey: toText(pk),
  sortKey: toText(sk),
});
const toText = (name: string): Attribute => ({ name, type: AttributeType.STRING });

/** A transaction is authorised by the actions in it. */
const itemActions = [
  'dynamodb:BatchGetItem',
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
] as const;

const streamActions = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
] as const;
