import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#core/run/deps.ts';
import type { ItemStore } from '#core/store/item-store.ts';
import { findPrincipal } from '#core/tenant/api-keys.ts';
import { findLoggedIn } from '#core/tenant/login-token.ts';
import type { Principal } from '#core/tenant/principal.ts';
import { ApiError } from './api-error.ts';
import { type ApiEvent, headerOf } from './api-event.ts';

export type Authenticate = (event: ApiEvent) => Promise<Principal>;

export interface AuthenticateDeps {
  readonly store: ItemStore;
  readonly clock: Pick<Clock, 'now'>;
  /** A token of the development installation, beside the stored keys. */
  /** Who a caller without a credential is. @default - nobody, and refused */
  readonly anonymous?: Principal | undefined;
  readonly devToken?: { readonly token: string; readonly principal: Principal } | undefined;
}

const cacheMs = 60_000;
const cacheEntries = 10_000;

/**
 * Knows the caller by `Authorization: Bearer` or `X-API-Key`. A key that was found is trusted for 60 s without
 * being read again, so a revoked one works that long at most; one that was not is asked for anew.
 */
export function authenticator(deps: AuthenticateDeps): Authenticate {
  const known = new Map<string, { principal: Principal; until: number }>();
  const principalOf = async (token: string) => {
    const now = deps.clock.now();
    const cached = known.get(token);
    if (cached && cached.until > now) return cached.principal;
    const principal =
      devPrincipal(deps.devToken, token) ??
      (await findPrincipal(deps, token)) ??
      (await findLoggedIn(deps, token));
    if (principal === undefined) throw unauthorized('The credential is not valid.');
    if (known.size >= cacheEntries) known.clear();
    known.set(token, { principal, until: now + cacheMs });
    return principal;
  };
  return async (event) => {
    const token = credentialOf(event);
    if (token !== undefined) return principalOf(token);
    if (deps.anonymous) return deps.anonymous;
    throw unauthorized('The request carries no bearer token and no API key.');
  };
}

/** A bearer token wins over an API key. */
const credentialOf = (event: ApiEvent) =>
  /^Bearer +(\S+)$/i.exec(headerOf(event, 'authorization') ?? '')?.[1] ??
  headerOf(event, 'x-api-key');

const devPrincipal = (dev: AuthenticateDeps['devToken'], token: string) =>
  dev && timingSafeEqual(digest(dev.token), digest(token)) ? dev.principal : undefined;

const digest = (text: string) => createHash('sha256').update(text).digest();

const unauthorized = (message: string) =>
  new ApiError('unauthorized', message, { headers: { 'www-authenticate': 'Bearer' } });
