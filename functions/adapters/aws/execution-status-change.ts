import * as z from 'zod';
import type { ExecutionEnd } from '#core/run/run-workflow.ts';

const RunExecution = z.object({ orgId: z.string(), runId: z.string(), epoch: z.number() });

/** `undefined` where somebody started an execution by hand, with an input of their own. */
const Input = z
  .string()
  .nullish()
  .transform((text) => {
    try {
      return RunExecution.safeParse(JSON.parse(text ?? '')).data;
    } catch {
      return undefined;
    }
  });

/**
 * What Step Functions says of an execution on the default event bus. It leaves out an input of more
 * than 248 KB; that of ours has about 150 bytes.
 */
export const ExecutionStatusChange = z.object({
  detail: z.object({
    executionArn: z.string(),
    status: z.enum(['FAILED', 'TIMED_OUT', 'ABORTED']),
    input: Input,
  }),
});

export const toEnd = {
  FAILED: 'failed',
  TIMED_OUT: 'timed_out',
  ABORTED: 'aborted',
} as const satisfies Record<string, ExecutionEnd>;
