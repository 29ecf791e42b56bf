import type { Condition } from '#core/store/item-store.ts';
import { type Attributes, toNative } from './dynamo-item.ts';

interface ConditionInput {
  ConditionExpression: string | undefined;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Attributes;
}

/** @throws Error for a value that lies in no native attribute, and so would never be equal */
export function toConditionInput(when: Condition | undefined): ConditionInput {
  if (when === undefined) return { ConditionExpression: undefined };
  if ('absent' in when) return { ConditionExpression: 'attribute_not_exists(pk)' };
  const wanted = Object.entries(when.equals);
  if (wanted.length === 0) return { ConditionExpression: 'attribute_exists(pk)' };
  const names: Record<string, string> = { '#value': 'value' };
  const values: Attributes = {};
  const terms = wanted.map(([name, value], i) => {
    const native = toNative(value);
    if (native === undefined) throw new Error(`No condition can compare ${name} with ${value}`);
    names[`#f${i}`] = name;
    values[`:f${i}`] = native;
    return `#value.#f${i} = :f${i}`;
  });
  return {
    ConditionExpression: terms.join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  };
}
