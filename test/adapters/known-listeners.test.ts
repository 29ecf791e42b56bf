import { describe, expect, it } from 'vitest';
import { KnownListeners } from '#adapters/embedded/known-listeners.ts';
import { webhookKey } from '#core/store/keys.ts';
import { anEngine } from '../builders/an-engine.ts';
import { aWebhook } from '../builders/an-engine-with-webhooks.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('whether a tenant has webhooks', () => {
  it('is yes until it is known, and then what is so', async () => {
    const engine = await anEngine({ idle: true });
    await aWebhook(engine, 'https://receiver.example/');
    const listeners = new KnownListeners(() => engine.deps.store);

    const first = ['acme', 'other'].map((orgId) => listeners.mayHave(orgId));
    await turn();
    const then = ['acme', 'other'].map((orgId) => listeners.mayHave(orgId));

    expect(first).toEqual([true, true]);
    expect(then).toEqual([true, false]);
  });

  it('is yes again from the moment that one of them changes', async () => {
    const engine = await anEngine({ idle: true });
    const listeners = new KnownListeners(() => engine.deps.store);
    listeners.mayHave('acme');
    await turn();
    expect(listeners.mayHave('acme')).toBe(false);

    listeners.changed([webhookKey('acme', 'w')]);

    expect(listeners.mayHave('acme')).toBe(true);
  });

  it('is not what was read before one was made meanwhile', async () => {
    const engine = await anEngine({ idle: true });
    const read = Promise.withResolvers<void>();
    const slow = {
      ...engine.deps.store,
      queryKeys: async () => {
        await read.promise;
        return [];
      },
    };
    let store: Pick<typeof engine.deps.store, 'queryKeys'> = slow;
    const listeners = new KnownListeners(() => Object.assign({ ...engine.deps.store }, store));
    listeners.mayHave('acme');

    await aWebhook(engine, 'https://receiver.example/');
    listeners.changed([webhookKey('acme', 'w')]);
    read.resolve();
    await turn();
    store = { queryKeys: (query) => engine.deps.store.queryKeys(query) };

    expect(listeners.mayHave('acme')).toBe(true);
    await turn();
    expect(listeners.mayHave('acme')).toBe(true);
  });

  it('is yes where it cannot be read', async () => {
    const engine = await anEngine({ idle: true });
    const broken = { ...engine.deps.store, queryKeys: () => Promise.reject(new Error('down')) };
    const listeners = new KnownListeners(() => broken);

    for (let i = 0; i < 3; i += 1) {
      expect(listeners.mayHave('acme')).toBe(true);
      await turn();
    }
  });
});
