import { describe, expect, it } from 'vitest';
import { type Delivery, ringOf } from '#core/webhook/delivery.ts';

const lane = (more: Partial<Delivery>) =>
  ringOf(
    {
      ...{ orgId: 'acme', runId: 'r', seq: 1, receiver: 'run', type: 'run.completed' },
      ...{ url: 'https://hooks.example/a', dialect: 'longrun', at: 0, state: 'pending' },
      ...{ attempts: [], tries: 0, nextAttemptAt: 0, version: 1 },
      ...more,
    },
    0,
  ).lane;

describe('the lane of a delivery', () => {
  it.each<[string, Partial<Delivery>]>([
    ['another path of the host', { url: 'https://hooks.example/b' }],
    ['another tenant', { orgId: 'globex' }],
    ['a registered webhook', { receiver: 'w1' }],
  ])('is not that of %s', (_, other) => {
    expect(lane(other)).not.toBe(lane({}));
  });

  it.each<[string, Partial<Delivery>, Partial<Delivery>]>([
    ['another query', { url: 'https://hooks.example/a?run=2' }, {}],
    ['another run', { runId: 'r2' }, {}],
    ['a webhook that has moved', { receiver: 'w1' }, { receiver: 'w1', url: 'https://b.example' }],
  ])('is also that of %s', (_, one, other) => {
    expect(lane(one)).toBe(lane(other));
  });
});
