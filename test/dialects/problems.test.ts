import { describe, expect, it } from 'vitest';
import { ApiError, type ApiErrorCode, statusByCode } from '#api/api-error.ts';
import { encodeLongrunError } from '#api/dialects/longrun/errors.ts';
import { encodeOperativusError } from '#api/dialects/operativus/errors.ts';
import { RunError, type RunErrorCode } from '#core/run/run-error.ts';
import { anApi } from '../builders/an-api.ts';

const runErrors = {
  agent_not_found: [404, 'resource-not-found'],
  run_not_found: [404, 'resource-not-found'],
  approval_not_found: [404, 'resource-not-found'],
  tool_call_not_found: [404, 'resource-not-found'],
  session_not_found: [404, 'resource-not-found'],
  session_exists: [409, 'session-exists'],
  session_busy: [409, 'session-busy'],
  checkpoint_not_found: [404, 'resource-not-found'],
  invalid_input: [400, 'invalid-request'],
  run_state_conflict: [409, 'run-state-conflict'],
  run_input_gone: [410, 'run-input-gone'],
  idempotency_key_reused: [409, 'idempotency-key-reused'],
  payload_too_large: [413, 'payload-too-large'],
  invalid_webhook_url: [422, 'invalid-webhook-url'],
  webhook_not_found: [404, 'resource-not-found'],
  schedule_not_found: [404, 'resource-not-found'],
  delivery_not_found: [404, 'resource-not-found'],
  forbidden_organisation: [403, 'forbidden'],
  rate_limited: [429, 'too-many-requests'],
  queue_full: [429, 'too-many-requests'],
  batch_not_found: [404, 'resource-not-found'],
  batch_state_conflict: [409, 'batch-state-conflict'],
  forbidden_decision: [403, 'forbidden'],
  too_many_attempts: [429, 'rate-limit-exceeded'],
} satisfies Record<RunErrorCode, [number, string]>;

const apiErrors = {
  unauthorized: [401, 'unauthorized'],
  malformed_json: [400, 'malformed-request-body'],
  invalid_request: [400, 'invalid-request'],
  route_not_found: [404, 'resource-not-found'],
  method_not_allowed: [405, 'method-not-allowed'],
  payload_too_large: [413, 'payload-too-large'],
  internal_error: [500, 'internal-error'],
} satisfies Record<ApiErrorCode, [number, string]>;

const runErrorCases = Object.entries(runErrors).map(
  ([code, [status, type]]) => [code, status, type] as const,
);
const apiErrorCases = Object.entries(apiErrors).map(
  ([code, [status, type]]) => [code, status, type] as const,
);

const isRunCode = (code: string): code is RunErrorCode => code in runErrors;
const isApiCode = (code: string): code is ApiErrorCode => code in apiErrors;

describe.each([
  ['Operativus', encodeOperativusError, 'run_42'],
  ['Longrun', encodeLongrunError, '42'],
] as const)('an error in the words of %s', (_, encode, runId) => {
  it.each(runErrorCases)('%s is a problem with status %d and type %s', (code, status, type) => {
    if (!isRunCode(code)) throw new Error(code);

    const { contentType, body } = encode(new RunError(code, 'What happened.', { runId: '42' }));

    expect(contentType).toBe('application/problem+json');
    expect(statusByCode[code]).toBe(status);
    expect(body).toEqual({
      type: `urn:problem-type:${type}`,
      title: expect.stringMatching(/^[A-Z]/),
      status,
      detail: 'What happened.',
      code,
      runId,
    });
  });

  it.each(apiErrorCases)('%s is a problem with status %d and type %s', (code, status, type) => {
    if (!isApiCode(code)) throw new Error(code);

    const { body } = encode(new ApiError(code, 'What happened.'));

    expect(statusByCode[code]).toBe(status);
    expect(body).toMatchObject({ type: `urn:problem-type:${type}`, status, code });
  });

  it('shows the winner of a race', () => {
    const decided = { decision: 'APPROVE', by: 'ann', at: '2026-01-01T00:00:00.000Z' };

    const { body } = encode(
      new RunError('run_state_conflict', 'x', { currentStatus: 'COMPLETED', decided }),
    );

    expect(body).toMatchObject({ currentStatus: 'COMPLETED', decided });
  });

  it('names the fields that are wrong', () => {
    const fields = [{ field: 'media[0].type', message: 'no' }];

    for (const error of [
      new RunError('invalid_input', 'x', { fields }),
      new ApiError('invalid_request', 'x', { fields }),
    ])
      expect(encode(error).body).toMatchObject({
        invalidParams: [{ name: 'media[0].type', reason: 'no' }],
      });
  });
});

describe('a bug', () => {
  const secret = 'password=hunter2';
  const broken = {
    find: () => undefined,
    list: () => {
      throw new Error(secret);
    },
  };

  it('is answered with 500 that says nothing of it, and logged with all', async () => {
    const { call, logged } = await anApi({ deps: { agents: broken } });

    const { status, headers, text, json } = await call({ path: '/api/agents' });

    expect(status).toBe(500);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(json).toEqual({
      type: 'urn:problem-type:internal-error',
      title: 'Internal error',
      status: 500,
      detail: 'The service failed to serve this request.',
      code: 'internal_error',
    });
    expect(text).not.toContain('hunter2');
    expect(logged).toMatchObject([{ level: 'error', fields: { error: secret } }]);
    expect(logged[0]?.fields['stack']).toContain('problems.test.ts');
  });

  it('does not keep the next request from being served', async () => {
    const { call } = await anApi({ deps: { agents: broken } });

    await call({ path: '/api/agents' });

    expect((await call({ path: '/api/runs' })).status).toBe(200);
  });

  it('that is logged is no error of a caller', async () => {
    const { call, logged } = await anApi();

    await call({ path: '/nowhere' });
    await call({ path: '/api/runs', headers: {} });
    await call({ path: '/api/agents/echo/runs', json: {} });

    expect(logged).toEqual([]);
  });
});
