import * as z from 'zod';
import { StreamCutOff } from './model-turn.ts';

/** Why a call of a model failed. */
export interface ModelFailure {
  /** What the provider said. */
  readonly message: string;
  /** Whether the same call may do better in a while. */
  readonly isTransient: boolean;
  /** Of HTTP, where there was an answer. */
  readonly status?: number | undefined;
  /** How long the provider wants to be left alone, where it says so. */
  readonly retryAfterMs?: number | undefined;
}

const broken = /^(?:EAI_AGAIN|ECONN|EPIPE|ETIMEDOUT|HPE_|UND_ERR_(?!ABORTED|INVALID))/;
/** Of the AI SDK: what came was no whole answer, as when a connection is cut in the middle. */
const garbled = new Set([
  'AI_EmptyResponseBodyError',
  'AI_InvalidResponseDataError',
  'AI_JSONParseError',
  'AI_TypeValidationError',
]);

/** The same, where the AI SDK has no name for it. */
const garbledMessage = /^(?:Incomplete Amazon Bedrock|Expected a normalized Anthropic stream)/;

const Thrown = z.object({
  name: z.string().optional(),
  message: z.string().default(''),
  code: z.unknown().optional(),
  cause: z.unknown().optional(),
  isRetryable: z.boolean().optional(),
  statusCode: z.number().optional(),
  responseHeaders: z.record(z.string(), z.string()).optional().catch(undefined),
  data: z.unknown().optional(),
});
type Thrown = z.infer<typeof Thrown>;
const Refusal = z.object({ error: z.object({ code: z.unknown(), type: z.unknown() }).partial() });

/** What a provider threw or streamed, understood. */
export function failureOf(error: unknown): ModelFailure {
  const thrown = Thrown.safeParse(error);
  if (!thrown.success) return { message: String(error), isTransient: false };
  const { message, statusCode, isRetryable = false } = thrown.data;
  const mayDoBetter = isRetryable || (!(statusCode && statusCode >= 400) && isBroken(error));
  return {
    message: message || (statusCode ? `HTTP status ${statusCode}` : 'The provider gave no reason.'),
    status: statusCode,
    isTransient: mayDoBetter && !isOutOfQuota(thrown.data),
    retryAfterMs: retryAfterOf(thrown.data),
  };
}

/** An account without money is told with the status of a rate limit, and does not fill up again. */
function isOutOfQuota({ data }: Thrown): boolean {
  const { code, type } = Refusal.safeParse(data).data?.error ?? {};
  return [code, type].includes('insufficient_quota');
}

function isBroken(error: unknown): boolean {
  if (error instanceof StreamCutOff) return true;
  const { data } = Thrown.safeParse(error);
  if (data === undefined) return false;
  return (
    (typeof data.code === 'string' && broken.test(data.code)) ||
    garbled.has(data.name ?? '') ||
    garbledMessage.test(data.message) ||
    isBroken(data.cause)
  );
}

function retryAfterOf({ responseHeaders = {} }: Thrown): number | undefined {
  const ms = Number(responseHeaders['retry-after-ms'] || Number.NaN);
  if (ms >= 0) return ms;
  const after = responseHeaders['retry-after'];
  if (!after) return undefined;
  const seconds = Number(after);
  const until = Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1000;
  return Number.isNaN(until) ? undefined : Math.max(0, until);
}
