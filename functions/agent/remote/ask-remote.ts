import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { withoutSecrets } from '../models/without-secrets.ts';
import { RemoteAnswer, type RemoteRequest } from './remote-contract.ts';
import {
  PassingRemoteError,
  RemoteError,
  type RemoteReply,
  type RemoteRequestParts,
  type RemoteTransport,
} from './remote-transport.ts';

export interface RemoteEndpoint {
  readonly transport: RemoteTransport;
  /** Of one attempt. */
  readonly timeoutSeconds: number;
  /** After the first attempt. */
  readonly retries: number;
  /** Between the first two attempts; doubled after each. */
  readonly firstWaitMs: number;
}

const mostAnswerBytes = 4 * 1024 * 1024;
const longestWaitMs = 20_000;

/**
 * Asks until there is an answer, always with the same idempotency key.
 * @throws RemoteError; whatever the signal aborted with
 */
export async function askRemote(
  endpoint: RemoteEndpoint,
  request: RemoteRequest,
  signal: AbortSignal,
): Promise<RemoteAnswer> {
  const { transport, retries, firstWaitMs } = endpoint;
  const body = JSON.stringify(request);
  for (let attempt = 1; ; attempt += 1) {
    let secrets: readonly string[] = [];
    try {
      const parts = await transport.prepare(body, request.idempotencyKey);
      secrets = parts.secrets;
      return parseAnswer(transport.read(await post(endpoint, parts, body, signal)));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RemoteError)) throw error;
      const reason = withoutSecrets(error.message, secrets);
      if (!(error instanceof PassingRemoteError) || attempt > retries)
        throw new RemoteError(
          `The remote agent at ${transport.place} ${reason}${attemptsOf(attempt)}`,
        );
      await pause(firstWaitMs * 2 ** (attempt - 1), signal);
    }
  }
}

const attemptsOf = (attempt: number) => (attempt === 1 ? '' : ` (${attempt} attempts)`);

async function post(
  { timeoutSeconds }: RemoteEndpoint,
  { url, headers }: RemoteRequestParts,
  body: string,
  runSignal: AbortSignal,
): Promise<RemoteReply> {
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
  const signal = AbortSignal.any([runSignal, timeout]);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      signal,
      // What it is sent is for nobody else.
      redirect: 'manual',
    });
    return { status: response.status, headers: response.headers, text: await textOf(response) };
  } catch (error) {
    if (error instanceof RemoteError) throw error;
    throw new PassingRemoteError(
      timeout.aborted
        ? `took longer than ${timeoutSeconds} s`
        : `cannot be reached: ${causeOf(error)}`,
    );
  }
}

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
