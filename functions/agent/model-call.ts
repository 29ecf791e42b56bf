import { setTimeout as sleep } from 'node:timers/promises';
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { RunEventBody } from '#core/run/run-event.ts';
import { ModelError } from './models/model-error.ts';
import { failureOf } from './models/model-failure.ts';
import { type ModelTurn, TurnReader } from './models/model-turn.ts';
import { type RetryPolicy, waitAfter } from './models/retry-policy.ts';

export interface ModelRetry {
  /** The one that failed, from 1. */
  readonly attempt: number;
  /** Of HTTP, where there was an answer. */
  readonly status: number | undefined;
  readonly waitMs: number;
}

interface Listener {
  emit(event: RunEventBody): void;
  /** What was told of the call so far is void: it is made again. */
  reset(): void;
  /** It will be, after so long. */
  retrying(retry: ModelRetry): void;
}

/**
 * One call of a model, told while it streams; made again where the provider is busy or broke off.
 * @throws ModelError; whatever the signal aborted with
 */
export async function callModel(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions & { readonly abortSignal: AbortSignal },
  listener: Listener,
  policy: RetryPolicy,
): Promise<ModelTurn> {
  const { abortSignal } = options;
  for (let attempt = 1; ; attempt += 1) {
    const turn = new TurnReader(listener.emit);
    try {
      return await attemptCall(model, options, turn);
    } catch (error) {
      abortSignal.throwIfAborted();
      const failure = failureOf(error);
      const waitMs = waitAfter(failure, attempt, policy);
      if (waitMs === undefined) throw new ModelError(failure.message, { cause: error });
      if (turn.hasSpoken) listener.reset();
      const { status } = failure;
      listener.retrying({ attempt, status, waitMs: Math.round(waitMs) });
      await pause(waitMs, abortSignal);
    }
  }
}

async function attemptCall(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions & { readonly abortSignal: AbortSignal },
  turn: TurnReader,
): Promise<ModelTurn> {
  // A failed attempt leaves no request behind that goes on, and is paid for.
  const ended = new AbortController();
  const signal = AbortSignal.any([options.abortSignal, ended.signal]);
  try {
    const { stream } = await model.doStream({ ...options, abortSignal: signal });
    signal.throwIfAborted();
    const reader = stream.getReader();
    // Ends the reading of a model, too, that does not heed its signal.
    signal.addEventListener('abort', () => reader.cancel(signal.reason).catch(() => undefined));
    for (let next = await reader.read(); !next.done; next = await reader.read())
      turn.read(next.value);
    signal.throwIfAborted();
    return turn.result(model);
  } finally {
    ended.abort();
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
