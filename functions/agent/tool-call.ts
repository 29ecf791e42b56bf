import * as z from 'zod';
import type { StepInput } from '#core/run/agents.ts';
import { RunProgress } from '#core/run/run.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { unlessAborted } from '#core/unless-aborted.ts';
import { argumentsOf, type PendingCall } from './agent-state.ts';
import type { ToolDefinition } from './define-agent.ts';
import { type KeptResult, keepResult } from './large-result.ts';
import { type RetryOptions, retried } from './retried.ts';

const defaultTimeoutSeconds = 300;

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
    result = toOutput(await retried(attempt, retriesOf(tool, input, signal)));
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
const retriesOf = (
  { name, retries = 0 }: ToolDefinition,
  { emit }: StepInput,
  signal: AbortSignal,
): RetryOptions => ({
  retries,
  signal,
  isWorthIt: () => true,
  failed: (attempt, error) => {
    const message = `${name}: attempt ${attempt} of ${retries + 1} failed: ${messageOf(error)}`;
    emit({ type: 'progress', data: { phase: 'retrying', message } });
  },
});

async function execute(
  tool: ToolDefinition,
  call: PendingCall,
  args: unknown,
  { run, request, emit }: StepInput,
  signal: AbortSignal,
): Promise<unknown> {
  return tool.execute(args, {
    ...run,
    context: request.context,
    idempotencyKey: `${run.runId}:${call.toolCallId}`,
    signal,
    progress: (update) => {
      // A view for readers: what does not fit is not worth failing the tool for.
      const data = RunProgress.safeParse(update);
      if (data.success) emit({ type: 'progress', data: data.data });
    },
  });
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
