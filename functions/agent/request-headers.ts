import type { SecretReader } from './secrets.ts';

type Headers = Readonly<Record<string, string>>;

/** Sent along with each request; a function makes them anew, from what the deployment keeps secret. */
export type RequestHeaders = Headers | ((secret: SecretReader) => Headers | Promise<Headers>);

export const headersFrom = async (headers: RequestHeaders, secret: SecretReader) =>
  typeof headers === 'function' ? headers(secret) : headers;

/** Those of their values that are worth hiding. */
export const secretsIn = (headers: Headers) =>
  Object.values(headers).filter(({ length }) => length >= 6);
