import { APICallError } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { failureOf } from '#agent/models/model-failure.ts';
import { patientRetry, waitAfter } from '#agent/models/retry-policy.ts';

const refused = (overrides: Partial<ConstructorParameters<typeof APICallError>[0]> = {}) =>
  new APICallError({
    message: 'slow down',
    url: 'http://localhost',
    requestBodyValues: {},
    statusCode: 429,
    ...overrides,
  });

describe('a failure', () => {
  it('of an account without money does not pass', () => {
    const data = { error: { message: 'x', code: 'insufficient_quota' } };

    expect(failureOf(refused({ data })).isTransient).toBe(false);
    expect(failureOf(refused()).isTransient).toBe(true);
  });

  it.each([
    ['retry-after', '7', 7_000],
    ['retry-after-ms', '250', 250],
    ['retry-after', 'soon', undefined],
    ['retry-after', new Date(Date.now() - 60_000).toUTCString(), 0],
  ])('with %s: %s has to wait for %j ms', (name, value, expected) => {
    expect(failureOf(refused({ responseHeaders: { [name]: value } })).retryAfterMs).toBe(expected);
  });

  it.each([
    ['text', 'text'],
    [new Error('plain'), 'plain'],
    [refused({ message: '', statusCode: 502 }), 'HTTP status 502'],
    [new Error(''), 'The provider gave no reason.'],
  ])('says what there is to say', (error, message) => {
    expect(failureOf(error).message).toBe(message);
  });

  it('of a connection passes, however deep it lies', () => {
    const cause = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });

    expect(failureOf(new TypeError('terminated', { cause })).isTransient).toBe(true);
    expect(failureOf(new TypeError('x is not a function')).isTransient).toBe(false);
  });
});

describe('the wait before another attempt', () => {
  const transient = { message: '', isTransient: true };
  const waits = (attempt: number, retryAfterMs = 0) =>
    Array.from({ length: 200 }, () => {
      return waitAfter({ ...transient, retryAfterMs }, attempt, patientRetry) ?? Number.NaN;
    });

  it('is anything up to twice as long each time, and never too long', () => {
    expect(Math.max(...waits(1))).toBeLessThanOrEqual(1_000);
    expect(Math.max(...waits(3))).toBeLessThanOrEqual(4_000);
    expect(Math.max(...waits(3))).toBeGreaterThan(2_000);
    expect(Math.min(...waits(3))).toBeLessThan(2_000);
  });

  it('is no shorter than the provider says', () => {
    expect(Math.min(...waits(1, 5_000))).toBeGreaterThanOrEqual(5_000);
  });

  it.each([
    [{ ...transient, isTransient: false }, 1],
    [transient, patientRetry.attempts],
    [{ ...transient, retryAfterMs: 121_000 }, 1],
  ])('does not come where it is of no use', (failure, attempt) => {
    expect(waitAfter(failure, attempt, patientRetry)).toBeUndefined();
  });
});
