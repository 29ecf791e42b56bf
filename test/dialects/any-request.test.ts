import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { echoAgent } from '../builders/an-agent.ts';
import { anApi, devToken, type Reply } from '../builders/an-api.ts';

const credential = { authorization: `Bearer ${devToken}` };

/** What it accepts it answers; what it does not it refuses, and says why. It does not break. */
function expectAnAnswer({ status, headers, json }: Reply): void {
  expect([200, 204, 400, 404, 409, 413]).toContain(status);
  if (status < 300) return;
  expect(headers['content-type']).toBe('application/problem+json');
  expect(json).toMatchObject({ status, code: expect.any(String), detail: expect.any(String) });
}

const json = fc.jsonValue({ maxDepth: 4 });
const text = fc.string({ unit: 'grapheme' });

/** Right or wrong in each of its parts. */
const almostRequest = fc.record(
  {
    message: fc.oneof(text, json),
    sessionId: fc.oneof(fc.uuid(), json),
    userId: fc.oneof(text, json),
    orgId: fc.oneof(text, json),
    generateFollowups: fc.oneof(fc.boolean(), json),
    options: fc.oneof(
      fc.record(
        {
          model: fc.oneof(fc.constant('scripted'), json),
          temperature: fc.oneof(fc.double(), json),
          maxTokens: fc.oneof(fc.integer(), json),
        },
        { requiredKeys: [] },
      ),
      json,
    ),
    media: fc.oneof(
      fc.array(
        fc.record({
          type: fc.oneof(fc.constantFrom('image/png', 'image/*', 'x'), json),
          data: fc.oneof(fc.base64String(), fc.webUrl(), text, json),
        }),
        { maxLength: 3 },
      ),
      json,
    ),
  },
  { requiredKeys: [] },
);

const decision = fc.record(
  {
    action: fc.oneof(fc.constantFrom('APPROVE', 'REJECT'), json),
    reason: fc.oneof(text, json),
    approvalId: fc.oneof(text, json),
  },
  { requiredKeys: [] },
);

describe('whatever comes is answered', () => {
  it.each([
    ['as a body', json],
    ['as a submission', almostRequest],
  ])('%s of a new run', async (_, bodies) => {
    const { call } = await anApi({ agents: [{ ...echoAgent(), accepts: ['image/*'] }] });
    const path = '/api/agents/echo/runs/background';
    const key = fc.option(text, { nil: undefined });

    await fc.assert(
      fc.asyncProperty(bodies, key, async (body, idempotencyKey) => {
        const headers = { ...credential, 'idempotency-key': idempotencyKey };

        expectAnAnswer(await call({ path, json: body, headers }));
      }),
      { numRuns: 300 },
    );
  });

  it('as a decision', async () => {
    const { call, submit } = await anApi();
    const { id } = await submit();

    await fc.assert(
      fc.asyncProperty(fc.oneof(decision, json), async (body) => {
        expectAnAnswer(await call({ path: `/api/agents/echo/runs/${id}/continue`, json: body }));
      }),
    );
  });

  it('as a text instead of JSON, in base64 or not', async () => {
    const { call } = await anApi();
    const path = '/api/agents/echo/runs/background';

    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.boolean(),
        async (body, isBase64Encoded) => {
          expectAnAnswer(await call({ httpMethod: 'POST', path, body, isBase64Encoded }));
        },
      ),
    );
  });

  it('as a query', async () => {
    const { call, submit } = await anApi();
    await submit();
    const names = ['agentId', 'sessionId', 'userId', 'status', 'limit', 'cursor', '__proto__', 'x'];
    const value = fc.oneof(text, fc.integer().map(String), fc.base64String(), fc.uuid());
    const query = fc.dictionary(fc.constantFrom(...names), value);

    await fc.assert(
      fc.asyncProperty(query, async (queryStringParameters) => {
        expectAnAnswer(await call({ path: '/api/runs', queryStringParameters }));
      }),
    );
  });

  it('as the names in a path', async () => {
    const { call } = await anApi();
    const name = fc.oneof(text, fc.string({ unit: 'binary' }), fc.uuid(), fc.constant('echo'));
    const encoded = name.map((one) => (one.isWellFormed() ? encodeURIComponent(one) : one));
    const paths = fc.tuple(encoded, encoded).map(([a, b]) => `/api/agents/${a}/runs/${b}/status`);

    await fc.assert(
      fc.asyncProperty(paths, async (path) => {
        expectAnAnswer(await call({ path }));
      }),
    );
  });

  it('as Last-Event-ID or a credential', async () => {
    const { call, submit, reach } = await anApi();
    const run = await submit();
    await reach(run, ({ status }) => status === 'COMPLETED');
    const path = `/api/runs/${run.id}/events`;

    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (value) => {
        expectAnAnswer(await call({ path, headers: { ...credential, 'last-event-id': value } }));
        expect(await call({ path, headers: { authorization: value } })).toMatchObject({
          status: 401,
        });
      }),
    );
  });
});
