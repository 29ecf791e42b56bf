import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { contracts } from '#api/contracts.ts';
import { anApi } from '../builders/an-api.ts';

const Document = z.looseObject({
  servers: z.array(z.object({ url: z.string() })),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
});

async function theDocument(path = '/openapi.json') {
  const { call } = await anApi({ publicBaseUrl: 'https://example.com/prod' });
  const { status, json } = await call({ path, headers: {} });
  expect(status).toBe(200);
  return Document.parse(json);
}

const operations = contracts.flatMap((contract) => Object.values(contract));

describe('the OpenAPI document', () => {
  it.each(['/openapi.json', '/v3/api-docs'])('is valid, at %s', async (path) => {
    const document = await theDocument(path);

    const { valid, errors } = await new Validator().validate(document);

    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  });

  it('has every operation of every dialect, each by an id of its own', async () => {
    const { paths } = await theDocument();

    const ids = operations.map(
      ({ path, method }) => paths[path]?.[method.toLowerCase()]?.operationId,
    );

    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(operations.length);
  });

  it('asks for a credential everywhere but where none is needed', async () => {
    const { paths } = await theDocument();

    const withoutOne = operations.filter(
      ({ path, method }) => 'security' in (paths[path]?.[method.toLowerCase()] ?? {}),
    );

    expect(withoutOne).toEqual(operations.filter((operation) => 'open' in operation));
  });

  it('says what a request may have, and what its answer has', async () => {
    const { paths } = await theDocument();

    expect(paths['/api/agents/{agentId}/runs']).toMatchObject({
      post: {
        parameters: expect.arrayContaining([
          expect.objectContaining({ name: 'agentId', in: 'path', required: true }),
          expect.objectContaining({ name: 'Idempotency-Key', in: 'header' }),
        ]),
        requestBody: {
          content: { 'application/json': { schema: { required: ['message'] } } },
        },
        responses: {
          200: { content: { 'application/json': { schema: { type: 'object' } } } },
        },
      },
    });
    expect(paths['/api/approvals']).toMatchObject({
      get: {
        parameters: expect.arrayContaining([
          expect.objectContaining({ name: 'status', in: 'query', required: false }),
        ]),
      },
    });
  });

  it('names the place where the service is reached', async () => {
    const { servers } = await theDocument();

    expect(servers).toEqual([{ url: 'https://example.com/prod' }]);
  });
});
