import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { StepInput } from '#core/run/agents.ts';
import { ProgressUpdate } from '#core/run/run-event.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { argumentsOf, type PendingCall } from './agent-state.ts';
import type { ToolDefinition } from './define-agent.ts';
import { type KeptResult, keepResult } from './large-result.ts';

const defaultTimeoutSeconds = 300;
const firstBackoffMs = 250;
const maxBackoffMs = 10_000;

interface CallDeps {
  readonly blobs: BlobStore;
}

/**
 * Runs one tool call. What goes wrong in the tool is an answer for the model.
 * @throws whatever the run's signal aborted with: then there is no answer
 */
export async function callTool(
  { blobs }: CallDeps,
  tool: ToolDefinition,
  call: PendingCall,
  input: StepInput,
): Promise<KeptResult> {
  const parsed = await tool.input.safeParseAsync(argumentsOf(call));
  if (!parsed.success) return failed(explain(parsed.error));
  const seconds = tool.timeoutSeconds ?? defaultTimeoutSeconds;
  const signal = AbortSignal.any([input.signal, AbortSignal.timeout(seconds * 1000)]);
  const attempt = () => unlessAborted(execute(tool, call, parsed.data, input, signal), signal);
  let result: ReturnType<typeof toOutput>;
  try {
    result = toOutput(await retried(tool, attempt, input, signal));
  } catch (error) {
    input.signal.throwIfAborted();
    return failed(
      signal.aborted ? `${tool.name} took longer than ${seconds} s.` : messageOf(error),
    );
  }
  return keepResult(blobs, input.run, call.toolCallId, result);
}

const failed = (value: string): KeptResult => ({ output: { type: 'error-text', value } });

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Attempts that fail are told as progress only: the model hears of the last one. */
async function retried<T>(
  { name, retries = 0 }: ToolDefinition,
  attempt: () => Promise<T>,
  { emit }: StepInput,
  signal: AbortSignal,
): Promise<T> {
  for (let made = 1; ; made += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || made > retries) throw error;
      const message = `${name}: attempt ${made} of ${retries + 1} failed: ${messageOf(error)}`;
      emit({ type: 'progress', data: { phase: 'retrying', message } });
      await sleep(backoffMs(made), undefined, { signal });
    }
  }
}

/** Between half of it and all of it, so that many that failed together do not return together. */
const backoffMs = (made: number) =>
  Math.min(maxBackoffMs, firstBackoffMs * 2 ** (made - 1)) * (0.5 + Math.random() / 2);

async function execute(
  tool: ToolDefinition,
  call: PendingCall,
  args: unknown,
  { run, emit }: StepInput,
  signal: AbortSignal,
): Promise<unknown> {
  return tool.execute(args, {
    ...run,
    idempotencyKey: `${run.runId}:${call.toolCallId}`,
    signal,
    progress: (update) => {
      // A view for readers: what does not fit is not worth failing the tool for.
      const data = ProgressUpdate.safeParse(update);
      if (data.success) emit({ type: 'progress', data: data.data });
    },
  });
}

/** A tool that does not heed its signal must not hold the run. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort));
}

const toOutput = (result: unknown) =>
  typeof result === 'string'
    ? { type: 'text' as const, value: result }
    : {
        type: 'json' as const,
        value: z.json().parse(JSON.parse(JSON.stringify(result) ?? 'null')),
      };

const explain = (error: z.ZodError) =>
  `Invalid arguments: ${error.issues
    .map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`)
    .join('; ')}`;
