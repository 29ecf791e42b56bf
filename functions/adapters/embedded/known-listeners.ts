import type { ItemStore, Key } from '#core/store/item-store.ts';
import { tenantOfWebhookKey, webhookPartition, webhookRange } from '#core/store/keys.ts';

/**
 * Which tenants have webhooks, without asking the store at each change of a run. Until it is known,
 * and again after every change of a tenant's webhooks, the answer is yes: what is then written for
 * nobody is deleted at once. Relies on no other process writing to the store.
 */
export class KnownListeners {
  readonly #store: () => ItemStore;
  readonly #answers = new Map<string, { hasSome: boolean }>();

  constructor(store: () => ItemStore) {
    this.#store = store;
  }

  mayHave(orgId: string): boolean {
    const known = this.#answers.get(orgId);
    if (known) return known.hasSome;
    const answer = { hasSome: true };
    this.#answers.set(orgId, answer);
    this.#look(orgId, answer).catch(() => this.#answers.delete(orgId));
    return true;
  }

  /** These items are about to be in the store, or just were written. */
  changed(keys: readonly Key[]): void {
    for (const key of keys) {
      const orgId = tenantOfWebhookKey(key);
      // An answer that is being looked up meanwhile is forgotten with it.
      if (orgId !== undefined) this.#answers.delete(orgId);
    }
  }

  async #look(orgId: string, answer: { hasSome: boolean }): Promise<void> {
    const pk = webhookPartition(orgId);
    const query = { pk, ...webhookRange, order: 'ascending', limit: 1 } as const;
    answer.hasSome = (await this.#store().queryKeys(query)).length > 0;
  }
}
