import type { LifecycleTasks } from '#core/lifecycle-tasks.ts';
import type { RunQueue } from '#core/run/run-queue.ts';
import type { RunWorkflow } from '#core/run/run-workflow.ts';
import type { ItemStore } from '#core/store/item-store.ts';

/** What stands where AWS's services stand on the other runtime. */
export interface RuntimeParts {
  readonly store: ItemStore;
  readonly queue: RunQueue;
  readonly workflow: RunWorkflow;
  /** As the workflow calls them. */
  readonly tasks: LifecycleTasks;
}
