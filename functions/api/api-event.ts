import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

/** A request as API Gateway's REST proxy integration hands it over. */
export interface ApiEvent extends APIGatewayProxyEvent {
  /**
   * Aborts when the caller has gone (`callerGone`), or is to go elsewhere; only the embedded front door
   * knows.
   */
  readonly gone?: AbortSignal;
}

/** Why `gone` has aborted where the caller went by itself. */
export const callerGone = 'The caller has gone';

export interface ApiResult extends APIGatewayProxyResult {
  readonly headers: Record<string, string>;
  /** The body where it comes bit by bit; `body` is empty then. */
  readonly stream?: AsyncIterable<string>;
}

/** The value of a header, whatever the case of its name. */
export function headerOf(event: ApiEvent, name: string): string | undefined {
  // API Gateway's console sends none.
  const headers = event.headers ?? {};
  const direct = headers[name];
  if (direct !== undefined) return direct;
  const found = Object.keys(headers).find((key) => key.toLowerCase() === name);
  return found === undefined ? undefined : headers[found];
}

/**
 * Where the caller reached the service: the public base URL where one is set, else the request's
 * host and, behind API Gateway, its stage.
 */
export function baseUrlOf(event: ApiEvent, publicBaseUrl: string | undefined): string {
  if (publicBaseUrl !== undefined) return publicBaseUrl;
  const { domainName, path } = event.requestContext;
  const protocol = headerOf(event, 'x-forwarded-proto') ?? 'https';
  const stage = path.endsWith(event.path) ? path.slice(0, -event.path.length) : '';
  return `${protocol}://${headerOf(event, 'host') ?? domainName}${stage}`;
}
