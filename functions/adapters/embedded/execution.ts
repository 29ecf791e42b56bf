import * as z from 'zod';
import { type LifecycleStateName, lifecycle } from '#core/lifecycle.ts';
import type { RunExecution } from '#core/run/run-workflow.ts';

/** Where one execution of the lifecycle stands. */
export interface Execution {
  readonly input: RunExecution;
  state: LifecycleStateName;
  handed: Record<string, unknown>;
  taskToken: string | null;
  /** Epoch milliseconds; when a wait ends by itself. */
  waitsUntil: number | null;
  stopped: boolean;
}

export const executionSchema = `
  CREATE TABLE IF NOT EXISTS execution (
    name TEXT PRIMARY KEY, input TEXT NOT NULL, state TEXT NOT NULL, handed TEXT NOT NULL,
    task_token TEXT, waits_until INTEGER
  ) WITHOUT ROWID`;

const StateName = z.custom<LifecycleStateName>(
  (name) => typeof name === 'string' && name in lifecycle.states,
);

const ExecutionRow = z.object({
  input: z.string(),
  state: StateName,
  handed: z.string(),
  waits_until: z.number().nullable(),
});

const Input = z.object({ orgId: z.string(), runId: z.string(), epoch: z.number() });

/** An execution as an earlier process left it. Its token is gone with whoever waited behind it. */
export function toExecution(row: unknown): Execution {
  const { input, state, handed, waits_until } = ExecutionRow.parse(row);
  return {
    input: Input.parse(JSON.parse(input)),
    state,
    handed: z.record(z.string(), z.unknown()).parse(JSON.parse(handed)),
    taskToken: null,
    waitsUntil: waits_until,
    stopped: false,
  };
}
