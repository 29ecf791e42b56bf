import type { IncomingMessage } from 'node:http';
import { unlessAborted } from '#core/unless-aborted.ts';
import type { WebhookPost } from '#core/webhook/webhook-post.ts';
import { checkTarget, type Resolve } from './checked-target.ts';
import { exchange } from './exchange.ts';
import { systemResolve } from './guarded-fetch.ts';

interface GuardOptions {
  /** Whether http, and addresses of this machine, will do: for development only. @default false */
  readonly allowsLoopback?: boolean;
  /** @default - the system's own */
  readonly resolve?: Resolve;
  /** For all of one attempt. @default 15_000 */
  readonly timeoutMs?: number;
}

/** Of an answer so much is taken in before the connection is closed. */
const mostAnswerBytes = 64 * 1024;

/**
 * Posts to URLs that somebody else has chosen: https only, to public addresses only. A name is looked
 * up at each attempt, all of its addresses are checked, and the connection goes to these. Where an
 * answer redirects to nobody goes, and what it says nobody reads.
 */
export function guardedPost({
  allowsLoopback = false,
  resolve = systemResolve,
  timeoutMs = 15_000,
}: GuardOptions = {}): WebhookPost {
  return async ({ url, headers, body, signal }) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const limited = AbortSignal.any([signal, timeout]);
    try {
      const check = checkTarget(new URL(url), resolve, allowsLoopback);
      const target = await unlessAborted(check, limited);
      const answer = await exchange(target, limited, { headers, body });
      await drop(answer);
      return { status: answer.statusCode ?? 0 };
    } catch (error) {
      if (timeout.aborted) return { error: `took longer than ${timeoutMs / 1000} s` };
      if (signal.aborted) return { error: 'The service was stopped meanwhile' };
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** The status is known by now: nothing that goes wrong here matters. */
async function drop(answer: IncomingMessage): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of answer) {
      bytes += chunk.length;
      if (bytes > mostAnswerBytes) break;
    }
  } catch {
    // It broke off, or its time was up.
  }
  answer.destroy();
}
