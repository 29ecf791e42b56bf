/** What every client of the SDK understands. */
interface ClientConfig {
  readonly maxAttempts: number;
  readonly retryMode: 'standard';
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

/** In milliseconds. A connection that died unnoticed must not use up the time of the caller. */
const connectionTimeout = 1000;
const requestTimeout = 5000;

/**
 * A client of an AWS service; region, credentials and endpoint come from the environment.
 * @param settings.requestTimeoutMs how long an answer may take before it is asked for again
 */
export function makeClient<Client>(
  ClientOf: new (config: ClientConfig) => Client,
  settings: { readonly requestTimeoutMs?: number } = {},
): Client {
  return new ClientOf({
    maxAttempts: 4,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout,
      requestTimeout: settings.requestTimeoutMs ?? requestTimeout,
      throwOnRequestTimeout: true,
    },
  });
}
