import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type JsonSchema, validatorOf } from '#core/json-schema.ts';
import { checkArguments } from '#core/run/tool-card.ts';

const takes = (schema: JsonSchema, value: unknown) => validatorOf(schema).safeParse(value).success;

const text = { type: 'string' };

describe('a JSON Schema takes and refuses', () => {
  it.each<[string, JsonSchema, takes: unknown[], refuses: unknown[]]>([
    ['types', { properties: { a: text } }, [{ a: 'x' }, {}], [{ a: 1 }, 'x', [], null]],
    ['integers', { type: 'integer', minimum: 1 }, [1, 2], [0, 1.5, '1']],
    ['several types', { type: ['string', 'null'] }, ['x', null], [1]],
    ['values of several types', { enum: [1, 'a', null] }, [1, 'a', null], [2, 'b']],
    ['one value', { const: 'a' }, ['a'], ['b']],
    ['more properties', { type: 'object', properties: {} }, [{ b: 1 }], []],
    [
      'no more properties',
      { type: 'object', properties: { a: text }, additionalProperties: false },
      [{ a: 'x' }],
      [{ b: 1 }],
    ],
    ['what is required and described', { properties: { a: text }, required: ['a'] }, [], [{}]],
    ['what is required alone', { type: 'object', required: ['a'] }, [{ a: 1 }], [{}]],
    [
      'what is required and described with all others',
      { type: 'object', required: ['a'], additionalProperties: { type: 'number' } },
      [{ a: 1, b: 2 }],
      [{}, { a: 'x' }, { a: 1, b: 'x' }],
    ],
    [
      'what is required deep inside',
      { properties: { a: { type: 'array', items: { required: ['b'] } } } },
      [{ a: [{ b: 1 }] }],
      [{ a: [{}] }, { a: ['x'] }],
    ],
    [
      'one of two properties',
      { type: 'object', anyOf: [{ required: ['a'] }, { required: ['b'] }] },
      [{ a: 1 }, { b: 1 }, { a: 1, b: 1 }],
      [{}, { c: 1 }],
    ],
    [
      'references of draft 7',
      { properties: { a: { $ref: '#/definitions/x' } }, definitions: { x: text } },
      [{ a: 'x' }],
      [{ a: 1 }],
    ],
    [
      'references of 2020-12',
      { properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: text } },
      [{ a: 'x' }],
      [{ a: 1 }],
    ],
    [
      'itself',
      {
        type: 'object',
        properties: { next: { $ref: '#' }, n: { type: 'number' } },
        required: ['n'],
      },
      [{ n: 1, next: { n: 2 } }],
      [{ n: 1, next: {} }],
    ],
    ['patterns without a type', { pattern: '^a' }, ['ab'], ['b', 1]],
    ['dates', { type: 'string', format: 'date-time' }, ['2026-01-01T00:00:00Z'], ['today']],
    ['numbers of properties', { minProperties: 1 }, [{ a: 1 }], [{}]],
    [
      'a property named like a keyword',
      { properties: { items: text } },
      [{ items: 'x' }],
      [{ items: [] }],
    ],
    ['anything', {}, [1, 'x', null, {}, []], []],
  ])('%s', (_, schema, taken, refused) => {
    expect(taken.filter((value) => !takes(schema, value))).toEqual([]);
    expect(refused.filter((value) => takes(schema, value))).toEqual([]);
  });
});

describe('a JSON Schema that cannot be checked is refused', () => {
  it.each<[string, JsonSchema]>([
    ['if', { type: 'object', if: {}, else: {} }],
    ['not', { properties: { a: { not: { type: 'string' } } } }],
    ['dependencies', { type: 'object', dependencies: { a: ['b'] } }],
    ['a constant object', { properties: { a: { const: { b: 1 } } } }],
    ['a list of objects', { enum: [{ b: 1 }] }],
    ['a reference to elsewhere', { $ref: 'https://example.com/schema' }],
    ['a type that there is not', { type: 'integr' }],
  ])('for %s', (_, schema) => {
    expect(() => validatorOf(schema)).toThrow();
  });
});

describe('arguments', () => {
  const input = z.object({
    to: z.email(),
    cc: z.array(z.object({ name: z.string().min(1) })).default([]),
    at: z.iso.datetime().optional(),
    share: z.record(z.enum(['a', 'b']), z.number()).optional(),
    kind: z.discriminatedUnion('is', [
      z.object({ is: z.literal('x'), n: z.int() }),
      z.object({ is: z.literal('y') }),
    ]),
  });
  const inputSchema = z
    .record(z.string(), z.json())
    .parse(z.toJSONSchema(input, { target: 'draft-7', io: 'input' }));
  const tool = { name: 'work', description: '', inputSchema };
  const good = { to: 'a@example.com', kind: { is: 'y' } };

  it.each<[string[], object]>([
    [[], good],
    [[], { ...good, share: { a: 1, b: 2 }, cc: [{ name: 'x' }], at: '2026-01-01T00:00:00Z' }],
    [['arguments.to'], { ...good, to: 'a' }],
    [['arguments.cc[1].name'], { ...good, cc: [{ name: 'x' }, { name: '' }] }],
    [['arguments.share.b'], { ...good, share: { a: 1, b: 'x' } }],
    [['arguments.share.b'], { ...good, share: { a: 1 } }],
    [['arguments.kind'], { ...good, kind: { is: 'x', n: 1.5 } }],
    [['arguments.to', 'arguments.kind'], {}],
  ])('have the wrong fields %j: %j', (fields, args) => {
    const wrong = checkArguments(tool, args, 'arguments').map(({ field }) => field);

    expect(wrong).toEqual(fields);
    expect(input.safeParse(args).success).toBe(fields.length === 0);
  });
});
