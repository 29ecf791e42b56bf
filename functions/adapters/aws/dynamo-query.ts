import type { QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { Key, Query } from '#core/store/item-store.ts';
import { indexKeyAttributes, keyAttributes } from './run-table.ts';

/** No page has more: it ends at 1 MB. */
const itemsPerPage = 10_000;

/** All of a query but its pages; `undefined` where nothing can lie between its bounds. */
export function toQueryInput(
  query: Query,
  select: 'all' | 'keys',
): Omit<QueryCommandInput, 'TableName'> | undefined {
  const { index, pk, order, limit } = query;
  const range = toRange(query);
  if (range === undefined || limit < 1) return undefined;
  const names = index === undefined ? keyAttributes : indexKeyAttributes(index);
  const usesSortKey = range.condition !== '' || select === 'keys';
  return {
    ...(index === undefined ? { ConsistentRead: true } : { IndexName: index }),
    ...(select === 'keys' ? { ProjectionExpression: '#pk, #sk' } : {}),
    KeyConditionExpression: `#pk = :pk${range.condition}`,
    ExpressionAttributeNames: { '#pk': names.pk, ...(usesSortKey ? { '#sk': names.sk } : {}) },
    ExpressionAttributeValues: { ':pk': { S: pk }, ...range.values },
    ScanIndexForward: order === 'ascending',
  };
}

/** @param left how many items are still wanted */
export const pageLimit = (query: Query, left: number) =>
  Math.min(left + (between(query) ? 2 : 0), itemsPerPage);

/** Whether the sort key is a bound of the query, which a page includes and the answer does not. */
export const isBound = ({ after, before }: Query, { sk }: Key) => sk === after || sk === before;

const between = ({ after, before }: Query) => Boolean(after && before);

/**
 * DynamoDB takes one condition on the sort key. For two bounds that is BETWEEN, which includes them
 * and refuses bounds in the wrong order. None of them takes an empty text.
 */
function toRange({ after, before }: Query) {
  if (before === '' || (after && before && !isLess(after, before))) return undefined;
  const values = {
    ...(after ? { ':after': { S: after } } : {}),
    ...(before ? { ':before': { S: before } } : {}),
  };
  if (after && before) return { condition: ' AND #sk BETWEEN :after AND :before', values };
  if (after) return { condition: ' AND #sk > :after', values };
  return { condition: before ? ' AND #sk < :before' : '', values };
}

/** As DynamoDB sorts: by the bytes of UTF-8. */
const isLess = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
