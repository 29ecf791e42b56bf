import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { AwsClientStub } from 'aws-sdk-client-mock';

type Attributes = Record<string, AttributeValue>;

interface Conditional {
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Attributes | undefined;
}

/**
 * As much of DynamoDB as the item store asks for, in memory: enough for functions to work on. What
 * DynamoDB really does is tested against an emulator.
 */
export function fakeTables(dynamo: AwsClientStub<DynamoDBClient>): void {
  const items = new Map<string, Attributes>();
  const apply = ({ Put, Delete }: TransactWriteItem) => {
    if (Put?.Item) items.set(nameOf(Put.TableName, Put.Item), Put.Item);
    if (Delete?.Key) items.delete(nameOf(Delete.TableName, Delete.Key));
  };

  dynamo.on(GetItemCommand).callsFake(({ TableName, Key = {} }: GetItemCommandInput) => ({
    Item: items.get(nameOf(TableName, Key)),
  }));
  dynamo.on(BatchGetItemCommand).callsFake(({ RequestItems = {} }: BatchGetItemCommandInput) => ({
    Responses: Object.fromEntries(
      Object.entries(RequestItems).map(([table, { Keys = [] }]) => [
        table,
        Keys.map((key) => items.get(nameOf(table, key))).filter((item) => item !== undefined),
      ]),
    ),
  }));
  dynamo.on(PutItemCommand).callsFake((Put: PutItemCommandInput) => apply({ Put }));
  dynamo.on(DeleteItemCommand).callsFake((Delete: DeleteItemCommandInput) => apply({ Delete }));
  dynamo
    .on(TransactWriteItemsCommand)
    .callsFake(({ TransactItems = [] }: TransactWriteItemsCommandInput) => {
      const reasons = TransactItems.map(({ Put, Delete, ConditionCheck }) => {
        const write = Put ?? Delete ?? ConditionCheck ?? {};
        const key = Put?.Item ?? Delete?.Key ?? ConditionCheck?.Key ?? {};
        const table = Put?.TableName ?? Delete?.TableName ?? ConditionCheck?.TableName;
        const held = holds(write, items.get(nameOf(table, key)));
        return { Code: held ? 'None' : 'ConditionalCheckFailed' };
      });
      if (reasons.some(({ Code }) => Code !== 'None'))
        throw new TransactionCanceledException({
          message: 'Transaction cancelled',
          CancellationReasons: reasons,
          $metadata: {},
        });
      for (const write of TransactItems) apply(write);
    });
  dynamo.on(QueryCommand).callsFake((input: QueryCommandInput) => ({
    Items: matching([...items.values()], input),
  }));
}

const nameOf = (table: string | undefined, { pk, sk }: Attributes) =>
  JSON.stringify([table, pk?.S, sk?.S]);

function holds(write: Conditional, item: Attributes | undefined): boolean {
  const { ConditionExpression, ExpressionAttributeNames = {} } = write;
  if (ConditionExpression === undefined) return true;
  if (ConditionExpression === 'attribute_not_exists(pk)') return item === undefined;
  if (item === undefined) return false;
  return Object.entries(ExpressionAttributeNames).every(([name, field]) => {
    if (name === '#value') return true;
    const wanted = write.ExpressionAttributeValues?.[name.replace('#', ':')];
    return JSON.stringify(item['value']?.M?.[field]) === JSON.stringify(wanted);
  });
}

function matching(items: readonly Attributes[], input: QueryCommandInput): Attributes[] {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = input;
  const pk = names['#pk'] ?? 'pk';
  const sortKey = (item: Attributes) => item[pk.replace(/pk$/, 'sk')]?.S ?? '';
  const [after, before] = [values[':after']?.S ?? '', values[':before']?.S ?? '\uffff'];
  const found = items
    .filter((item) => item[pk]?.S === values[':pk']?.S)
    .filter((item) => sortKey(item) > after && sortKey(item) < before)
    .toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  return (input.ScanIndexForward ? found : found.toReversed()).slice(0, input.Limit);
}
