import type { RuntimeParts } from '#adapters/embedded/runtime-parts.ts';
import { ChaosItemStore } from './chaos-item-store.ts';
import { ChaosRunQueue } from './chaos-run-queue.ts';
import { ChaosRunWorkflow } from './chaos-run-workflow.ts';
import { chaosTasks } from './chaos-tasks.ts';
import type { Faults } from './faults.ts';

/** The parts of a runtime, as unreliable as services behind a network may be. */
export const inChaos =
  (faults: Faults) =>
  ({ store, queue, workflow, tasks }: RuntimeParts): RuntimeParts => ({
    store: new ChaosItemStore(store, faults),
    queue: new ChaosRunQueue(queue, faults),
    workflow: new ChaosRunWorkflow(workflow, faults),
    tasks: chaosTasks(tasks, faults),
  });
