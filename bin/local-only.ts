import { isIP } from 'node:net';
import type { Api } from '#api/api.ts';
import { type ApiEvent, type ApiResult, headerOf } from '#api/api-event.ts';

/** @throws Error where the service would listen to other machines than this one */
export function checkLoopback(host: string): void {
  if (!isLoopback(host))
    throw new Error(
      `--anonymous serves this machine only: HOST must be 127.0.0.1, ::1 or localhost, not ${host}.`,
    );
}

/**
 * Serves without a token what nobody else can have sent: not a web page whose name was made to lead
 * here (its Host is no name of this machine), not one from elsewhere (its Origin is not this service),
 * and nobody behind a proxy.
 */
export const localOnly =
  (api: Api): Api =>
  async (event, context) => {
    const host = headerOf(event, 'host') ?? '';
    if (!isLoopback(nameOf(host))) return refused(`Host ${host} is no name of this machine.`);
    if (proxyHeaders.some((name) => headerOf(event, name) !== undefined))
      return refused('The request came through a proxy.');
    const foreign = foreignTo(event, host);
    return foreign ? refused(`${foreign} is not this service.`) : api(event, context);
  };

const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host'];

function foreignTo(event: ApiEvent, host: string): string | undefined {
  const origin = headerOf(event, 'origin');
  if (origin !== undefined && origin !== `http://${host}`) return `Origin ${origin}`;
  const site = headerOf(event, 'sec-fetch-site');
  const isNavigation = headerOf(event, 'sec-fetch-mode') === 'navigate';
  const isForeign = site === 'cross-site' || site === 'same-site';
  return isForeign && !(isNavigation && event.httpMethod === 'GET') ? `A ${site} page` : undefined;
}

/** Of `name:port`. */
const nameOf = (host: string) => host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

const isLoopback = (name: string) =>
  name.toLowerCase() === 'localhost' ||
  name === '::1' ||
  (isIP(name) === 4 && name.startsWith('127.'));

const refused = (reason: string): ApiResult => ({
  statusCode: 403,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({
    type: 'urn:problem-type:forbidden',
    title: 'Forbidden',
    status: 403,
    detail: `${reason} This service takes requests without a token from its own machine only.`,
    code: 'forbidden',
  }),
});
