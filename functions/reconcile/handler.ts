import type { Context } from 'aws-lambda';
import { ExecutionStatusChange, toEnd } from '#adapters/aws/execution-status-change.ts';
import { log, logFor } from '#adapters/aws/lambda-logger.ts';
import { itemStore, runQueue, runSettings } from '#adapters/aws/ports.ts';
import { systemClock } from '#adapters/system-clock.ts';
import { reconcileExecution } from '#core/run/reconcile-execution.ts';

const deps = {
  store: itemStore(),
  queue: runQueue(),
  clock: systemClock,
  settings: runSettings(),
  log,
};

export async function handler(event: unknown, context: Context): Promise<void> {
  logFor(context);
  const { detail } = ExecutionStatusChange.parse(event);
  if (detail.input === undefined)
    log('warn', 'execution of no run', { executionArn: detail.executionArn });
  else await reconcileExecution(deps, detail.input, toEnd[detail.status]);
}
