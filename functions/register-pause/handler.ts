import type { Context } from 'aws-lambda';
import { log, logFor } from '#adapters/aws/lambda-logger.ts';
import { itemStore, runWorkflow } from '#adapters/aws/ports.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { registerPauseTask, TaskInput } from '#core/lifecycle-tasks.ts';

const deps = { store: itemStore(), workflow: runWorkflow(), clock: systemClock, log };

export async function handler(event: unknown, context: Context): Promise<void> {
  logFor(context);
  await registerPauseTask(deps, TaskInput.parse(event));
}
