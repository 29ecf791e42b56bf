import * as z from 'zod';

/** A JSON Schema (draft 7 or 2020-12) of an object. */
export const JsonSchema = z.record(z.string(), z.json());
export type JsonSchema = z.infer<typeof JsonSchema>;

/**
 * Checks values as the schema says, with zod's own reading of JSON Schema. What that reading would
 * pass over in silence is either said in words that it understands, or refused.
 * @throws Error naming the keyword that cannot be checked
 */
export function validatorOf(schema: JsonSchema): z.ZodType {
  const explicit = JsonSchema.parse(toExplicit(schema));
  return z.fromJSONSchema(explicit, {
    defaultTarget: '$defs' in explicit ? 'draft-2020-12' : 'draft-7',
    registry: z.registry(),
  });
}

type Value = z.core.util.JSONType;

const isSchema = (value: Value | undefined): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const oneSchema = ['items', 'additionalItems', 'additionalProperties', 'contains', 'propertyNames'];
const listsOfSchemas = ['items', 'prefixItems', 'anyOf', 'oneOf', 'allOf'];
const namedSchemas = ['properties', 'patternProperties', '$defs', 'definitions'];

function toExplicit(schema: Value): Value {
  if (!isSchema(schema)) return schema;
  refuseUncheckable(schema);
  const inner = Object.entries(schema).map(([key, value]) => [key, explicitAt(key, value)]);
  return withRequired(withType(Object.fromEntries(inner)));
}

function explicitAt(key: string, value: Value): Value {
  if (namedSchemas.includes(key) && isSchema(value))
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toExplicit(one)]));
  if (listsOfSchemas.includes(key) && Array.isArray(value)) return value.map(toExplicit);
  return oneSchema.includes(key) ? toExplicit(value) : value;
}

function refuseUncheckable(schema: JsonSchema): void {
  if ('dependencies' in schema) throw new Error('dependencies is not supported');
  const { const: constant = null, enum: choices = [] } = schema;
  const values = [constant, ...(Array.isArray(choices) ? choices : [])];
  if (values.some((value) => typeof value === 'object' && value !== null))
    throw new Error('const and enum are supported for texts, numbers, booleans and null');
}

const typesByKeyword: readonly [type: string, keywords: readonly string[]][] = [
  ['object', ['properties', 'required', 'additionalProperties', 'patternProperties']],
  ['object', ['propertyNames', 'minProperties', 'maxProperties']],
  ['array', ['items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems', 'contains']],
  ['string', ['minLength', 'maxLength', 'pattern', 'format']],
  ['number', ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']],
];
const saysItsType = ['type', '$ref', 'enum', 'const', 'not'];

/** Without a type zod would take anything. */
function withType(schema: JsonSchema): JsonSchema {
  if (saysItsType.some((keyword) => keyword in schema)) return schema;
  const [type] =
    typesByKeyword.find(([, keywords]) => keywords.some((keyword) => keyword in schema)) ?? [];
  return type === undefined ? schema : { ...schema, type };
}

/** zod asks only for those required properties that are described as well. */
function withRequired(schema: JsonSchema): JsonSchema {
  const { required, properties, additionalProperties: others = {} } = schema;
  if (!Array.isArray(required)) return schema;
  const described = isSchema(properties) ? properties : {};
  const missing = required
    .filter((name) => typeof name === 'string' && !Object.hasOwn(described, name))
    .map((name) => [name, others]);
  return { ...schema, properties: { ...described, ...Object.fromEntries(missing) } };
}
