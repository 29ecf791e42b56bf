import type { Context } from 'aws-lambda';
import { log, logFor } from '#adapters/aws/lambda-logger.ts';
import { itemStore, runQueue, runSettings } from '#adapters/aws/ports.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { expirePauseTask, TaskInput, type TaskOutcome } from '#core/lifecycle-tasks.ts';

const deps = {
  store: itemStore(),
  queue: runQueue(),
  clock: systemClock,
  settings: runSettings(),
  log,
};

export async function handler(event: unknown, context: Context): Promise<TaskOutcome> {
  logFor(context);
  return expirePauseTask(deps, TaskInput.parse(event));
}
