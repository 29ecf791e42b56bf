import { onTestFinished } from 'vitest';
import { SqliteRunWorkflow } from '#adapters/embedded/sqlite-run-workflow.ts';
import { aClock, type FakeClock } from '../../builders/a-clock.ts';
import { aDatabase } from '../../builders/a-database.ts';
import type { TasksOfARun } from './tasks-of-a-run.ts';

interface WorkflowOptions {
  readonly clock?: FakeClock;
  /** @default - a database in memory */
  readonly path?: string;
}

export interface LoggedEntry {
  readonly level: string;
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

/** A workflow at work, as one process has it. It closes when the test ends. */
export function aWorkflow(run: Pick<TasksOfARun, 'tasks'>, options: WorkflowOptions = {}) {
  const clock = options.clock ?? aClock();
  const database = aDatabase(options.path);
  const logged: LoggedEntry[] = [];
  const workflow = new SqliteRunWorkflow({
    database,
    clock,
    log: (level, message, fields) => void logged.push({ level, message, fields }),
  });
  workflow.open(run.tasks);
  // Not awaited: a task may be meant to hang, as in a process that is killed.
  onTestFinished(() => void workflow.close());
  return {
    workflow,
    clock,
    logged,
    /** Executions that another process would take up. */
    left: () => database.prepare('SELECT name, state FROM execution').all(),
    stop: async () => {
      await workflow.close();
      await database.close();
    },
  };
}

/** A clock on which every sleep is over at once, and which tells how long it was to be. */
export function aRestlessClock() {
  const sleeps: number[] = [];
  const clock: FakeClock = {
    ...aClock(),
    sleep: async (ms) => void sleeps.push(ms),
  };
  return { clock, sleeps };
}
