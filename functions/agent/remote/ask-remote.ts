import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { withoutSecrets } from '../models/without-secrets.ts';
import { RemoteAnswer, type RemoteRequest } from './remote-contract.ts';

export interface RemoteEndpoint {
  readonly url: string;
  readonly timeoutSeconds: number;
  /** After the first attempt. */
  readonly retries: number;
  /** Between the first two attempts; doubled after each. */
  readonly firstWaitMs: number;
  headers(): Promise<Readonly<Record<string, string>>>;
}

/** The remote agent cannot be asked, or its answer makes no sense. The message is for the caller. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
}

class Transient extends Error {}

const mostAnswerBytes = 4 * 1024 * 1024;
const longestWaitMs = 20_000;
const shownCharacters = 300;

/**
 * Asks until there is an answer, always with the same idempotency key.
 * @throws RemoteError; whatever the signal aborted with
 */
export async function askRemote(
  endpoint: RemoteEndpoint,
  request: RemoteRequest,
  signal: AbortSignal,
): Promise<RemoteAnswer> {
  const { host } = new URL(endpoint.url);
  const headers = await headersFor(endpoint, host);
  const body = JSON.stringify(request);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return parseAnswer(await post(endpoint, headers, request.idempotencyKey, body, signal));
    } catch (error) {
      signal.throwIfAborted();
      const reason = withoutSecrets(
        error instanceof Error ? error.message : String(error),
        Object.values(headers).filter(({ length }) => length >= 6),
      );
      const isLast = !(error instanceof Transient) || attempt > endpoint.retries;
      if (isLast)
        throw new RemoteError(`The remote agent at ${host} ${reason}${attemptsOf(attempt)}`);
      await pause(endpoint.firstWaitMs * 2 ** (attempt - 1), signal);
    }
  }
}

async function headersFor(endpoint: RemoteEndpoint, host: string) {
  try {
    return await endpoint.headers();
  } catch {
    // What went wrong may hold a secret.
    throw new RemoteError(`The headers for the remote agent at ${host} cannot be made`);
  }
}

const attemptsOf = (attempt: number) => (attempt === 1 ? '' : ` (${attempt} attempts)`);

async function post(
  { url, timeoutSeconds }: RemoteEndpoint,
  headers: Readonly<Record<string, string>>,
  idempotencyKey: string,
  body: string,
  runSignal: AbortSignal,
): Promise<string> {
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  const signal = AbortSignal.any([runSignal, timeout]);
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        ...headers,
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
      },
      body,
      signal,
      // What it is sent is for nobody else.
      redirect: 'manual',
    });
    text = await textOf(response);
  } catch (error) {
    if (error instanceof RemoteError) throw error;
    throw new Transient(
      timeout.aborted
        ? `took longer than ${timeoutSeconds} s`
        : `cannot be reached: ${causeOf(error)}`,
    );
  }
  if (response.ok) return text;
  const message = `answered ${response.status}: ${text.slice(0, shownCharacters)}`;
  throw isTransient(response.status) ? new Transient(message) : new RemoteError(message);
}

const isTransient = (status: number) => status >= 500 || [408, 425, 429].includes(status);

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > mostAnswerBytes)
      throw new RemoteError(`answered with more than ${mostAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseAnswer(text: string): RemoteAnswer {
  try {
    return RemoteAnswer.parse(JSON.parse(text));
  } catch (error) {
    const reason =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
        : 'it is no JSON';
    throw new RemoteError(`gave an answer that is none: ${reason}`);
  }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = z.object({ code: z.string() }).safeParse(cause);
  return code.success ? code.data.code : cause instanceof Error ? cause.message : String(cause);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  const waitMs = Math.min(longestWaitMs, ms) * (0.5 + Math.random() / 2);
  await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
}
