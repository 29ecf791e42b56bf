import { describe, expect, it } from 'vitest';
import { withoutSecrets } from '#agent/models/without-secrets.ts';

describe('a message that a caller is shown', () => {
  it.each([
    [
      'Incorrect API key provided: sk-proj-abc*****xyz. See',
      'Incorrect API key provided: [hidden]',
    ],
    ['Authorization: Bearer abc.def-123 is no good', 'Authorization: Bearer [hidden] is no good'],
    [
      'Cannot fetch https://b.s3.amazonaws.com/k?X-Amz-Signature=1f&X-Amz-Date=2 now',
      'Cannot fetch https://b.s3.amazonaws.com/k?[hidden] now',
    ],
    ['to https://ann:pass@proxy.test/v1', 'to https://[hidden]@proxy.test/v1'],
    ['for AKIAIOSFODNN7EXAMPLE', 'for [hidden]'],
    ['{"api_key": "0123456789"}', '{"api_key": "[hidden]"}'],
    ['jwt eyJhbGciOi.eyJzdWIiOi.c2lnbmF0', 'jwt [hidden]'],
  ])('has no secrets: %s', (said, shown) => {
    expect(withoutSecrets(said, [])).toContain(shown);
  });

  it('has none of those that are known', () => {
    expect(withoutSecrets('key my.own.key refused', ['my.own.key'])).toBe('key [hidden] refused');
  });

  it.each([
    'The model claude-x does not exist.',
    'max_tokens: 9999 > 8192, see https://docs.test/tokens',
    'This token limit is too high: 5 of 4',
  ])('is otherwise what the provider said: %s', (said) => {
    expect(withoutSecrets(said, [])).toBe(said);
  });

  it('has an end', () => {
    expect(withoutSecrets('<p>'.repeat(10_000), []).length).toBeLessThan(3_000);
  });
});
