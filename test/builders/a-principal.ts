import type { Principal } from '#core/tenant/principal.ts';

/** Somebody of organisation `acme`. */
export const aPrincipal = (name: string, more: Partial<Principal> = {}): Principal => ({
  orgId: 'acme',
  userId: name,
  name,
  ...more,
});
