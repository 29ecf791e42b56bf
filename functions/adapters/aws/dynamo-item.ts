import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type IndexName, type Item, indexNames, type Key } from '#core/store/item-store.ts';
import { indexKeyAttributes, keyAttributes, ttlAttribute } from './run-table.ts';

/*
 * An item in a table. The scalars of its value are native, for conditions to compare and for people
 * to read in the console. Everything else is one text of JSON: a native map has other numbers, takes
 * no empty names and nests 32 levels deep.
 */

export type Attributes = Record<string, AttributeValue>;

export const toKeyAttributes = ({ pk, sk }: Key): Attributes => ({ pk: { S: pk }, sk: { S: sk } });

export function toAttributes({ pk, sk, value, indexes, expiresAt }: Item): Attributes {
  const native: Attributes = {};
  const others: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    const scalar = nativeName.test(name) ? toNative(field) : undefined;
    if (scalar) native[name] = scalar;
    else others[name] = field;
  }
  const json = JSON.stringify(others);
  const attributes: Attributes = { ...toKeyAttributes({ pk, sk }), value: { M: native } };
  if (json !== '{}') attributes['json'] = { S: json };
  if (expiresAt !== undefined) attributes[ttlAttribute] = { N: `${Math.ceil(expiresAt / 1000)}` };
  return { ...attributes, ...toIndexAttributes(indexes) };
}

/** The native form of a scalar that survives it; `undefined` for any other value. */
export function toNative(value: unknown): AttributeValue | undefined {
  if (value === null) return { NULL: true };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Number.isSafeInteger(value)) return { N: `${value}` };
  return typeof value === 'string' && value.isWellFormed() ? { S: value } : undefined;
}

/** @throws Error for an item that `toAttributes` has not made */
export function toItem(attributes: Attributes): Item {
  const { value, json } = attributes;
  if (value?.M === undefined) throw new Error('An item of the store has a map as value');
  const native = Object.entries(value.M).map(([name, field]) => [name, toScalar(field)]);
  const indexes = indexNames
    .filter((index) => attributes[indexKeyAttributes(index).pk])
    .map((index) => [index, keyIn(attributes, index)]);
  return {
    ...keyIn(attributes),
    value: { ...Object.fromEntries(native), ...toFields(json?.S) },
    indexes: Object.fromEntries(indexes),
  };
}

/** @param index whose key it is. @default - the table */
export function keyIn(attributes: Attributes, index?: IndexName): Key {
  const names = index === undefined ? keyAttributes : indexKeyAttributes(index);
  const [pk, sk] = [attributes[names.pk]?.S, attributes[names.sk]?.S];
  if (pk === undefined || sk === undefined)
    throw new Error(`Nothing of the store has no ${names.sk}`);
  return { pk, sk };
}

/** In bytes, as DynamoDB counts them. */
export const sizeOf = (attributes: Attributes): number =>
  Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value),
    0,
  );

/** Fields with other names are none that a condition or a person asks for. */
const nativeName = /^[a-z]\w*$/i;

const toIndexAttributes = (indexes: Item['indexes'] = {}): Attributes =>
  Object.fromEntries(
    indexNames.flatMap((index) => {
      const key = indexes[index];
      const names = indexKeyAttributes(index);
      return key
        ? [
            [names.pk, { S: key.pk }],
            [names.sk, { S: key.sk }],
          ]
        : [];
    }),
  );

function toScalar({ S, N, BOOL }: AttributeValue): string | number | boolean | null {
  if (N !== undefined) return Number(N);
  return S ?? BOOL ?? null;
}

function toFields(json = '{}'): object {
  const fields: unknown = JSON.parse(json);
  if (typeof fields !== 'object' || fields === null) throw new Error('An item holds a JSON object');
  return fields;
}

const mapOverheadBytes = 3;

function sizeOfValue({ S, N, M }: AttributeValue): number {
  if (M) return mapOverheadBytes + Object.keys(M).length + sizeOf(M);
  return Buffer.byteLength(S ?? N ?? '-');
}
