import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import { indexKeyAttributes, indexProjection, keyAttributes } from '#adapters/aws/run-table.ts';
import { indexNames } from '#core/store/item-store.ts';

/** Tables that nobody else uses, with the keys and indexes of the deployed ones. */
export async function createTables(client: DynamoDBClient) {
  const id = randomUUID();
  const [runTableName, idempotencyTableName] = [`runs-${id}`, `idempotency-${id}`];
  const own = table(runTableName, [keyAttributes, ...indexNames.map(indexKeyAttributes)]);
  const indexes = indexNames.map((IndexName) => ({
    IndexName,
    KeySchema: keySchema(indexKeyAttributes(IndexName)),
    Projection: { ProjectionType: indexProjection },
  }));
  await client.send(new CreateTableCommand({ ...own, GlobalSecondaryIndexes: indexes }));
  await client.send(new CreateTableCommand(table(idempotencyTableName, [keyAttributes])));
  return { runTableName, idempotencyTableName };
}

interface KeyNames {
  readonly pk: string;
  readonly sk: string;
}

const keySchema = ({ pk, sk }: KeyNames): KeySchemaElement[] => [
  { AttributeName: pk, KeyType: 'HASH' },
  { AttributeName: sk, KeyType: 'RANGE' },
];

const table = (TableName: string, keys: readonly KeyNames[]): CreateTableCommandInput => ({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: keySchema(keyAttributes),
  AttributeDefinitions: keys
    .flatMap(({ pk, sk }) => [pk, sk])
    .map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
});
