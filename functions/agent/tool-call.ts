import * as z from 'zod';
import type { StepInput } from '#core/run/agents.ts';
import { ProgressUpdate } from '#core/run/run-event.ts';
import type { ToolOutput } from '#core/session/transcript.ts';
import { argumentsOf, type PendingCall } from './agent-state.ts';
import type { ToolDefinition } from './define-agent.ts';

const defaultTimeoutSeconds = 300;
/** A larger result would crowd out the conversation, and with it everything else in the prompt. */
const largestResultBytes = 128 * 1024;

/**
 * Runs one tool call. What goes wrong in the tool is an answer for the model.
 * @throws whatever the run's signal aborted with: then there is no answer
 */
export async function callTool(
  tool: ToolDefinition,
  call: PendingCall,
  input: StepInput,
): Promise<ToolOutput> {
  const parsed = await tool.input.safeParseAsync(argumentsOf(call));
  if (!parsed.success) return { type: 'error-text', value: explain(parsed.error) };
  const seconds = tool.timeoutSeconds ?? defaultTimeoutSeconds;
  const signal = AbortSignal.any([input.signal, AbortSignal.timeout(seconds * 1000)]);
  try {
    return toOutput(await unlessAborted(execute(tool, call, parsed.data, input, signal), signal));
  } catch (error) {
    input.signal.throwIfAborted();
    if (signal.aborted)
      return { type: 'error-text', value: `${tool.name} took longer than ${seconds} s.` };
    return { type: 'error-text', value: error instanceof Error ? error.message : String(error) };
  }
}

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

function toOutput(result: unknown): ToolOutput {
  const text = typeof result === 'string' ? result : (JSON.stringify(result) ?? 'null');
  const bytes = Buffer.byteLength(text);
  if (bytes > largestResultBytes)
    return {
      type: 'error-text',
      value: `The result has ${bytes} bytes, more than the ${largestResultBytes} that fit. Ask for less.`,
    };
  return typeof result === 'string'
    ? { type: 'text', value: text }
    : { type: 'json', value: z.json().parse(JSON.parse(text)) };
}

const explain = (error: z.ZodError) =>
  `Invalid arguments: ${error.issues
    .map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`)
    .join('; ')}`;
