import type { InProcessRunWatch } from '#adapters/embedded/in-process-run-watch.ts';
import type { ToolApproval, ToolContext } from '#agent/define-agent.ts';
import type { RunBus } from '#core/outbox/run-bus.ts';
import type { RunSettings } from '#core/run/deps.ts';
import type { ExecutionEnd, RunWorkflow } from '#core/run/run-workflow.ts';
import type { ItemStore } from '#core/store/item-store.ts';
import type { RunKey } from '#core/store/keys.ts';
import type { LargeBlobStore } from '#core/store/large-blob-store.ts';
import type { DeliveryQueue } from '#core/webhook/delivery-queue.ts';
import type { FakeClock } from '../../builders/a-clock.ts';
import type { Activity } from '../../builders/activity.ts';
import type { Effect } from '../../builders/an-agent.ts';

/**
 * What becomes of the rest of the world when a process dies. `kept`: what it had sent arrives, and
 * the workflow takes its task again at once, as services do that are no part of the process. `lost`:
 * what it had sent dies with it, and nobody notices that its task hangs.
 */
export type Rest = 'kept' | 'lost';

/** What outlives a process, and what it is made of. */
export interface Surroundings {
  readonly rest: Rest;
  readonly settings: RunSettings;
  /** Of the tool `guarded`. */
  readonly approval: Partial<ToolApproval<unknown>>;
  readonly clock: FakeClock;
  readonly activity: Activity;
  readonly store: ItemStore;
  readonly blobs: LargeBlobStore;
  readonly workflow: RunWorkflow;
  readonly watch: InProcessRunWatch;
  readonly bus: RunBus;
  readonly deliveries: DeliveryQueue;
  /** The queue. */
  readonly messages: RunKey[];
  readonly effects: Effect[];
  /** What receivers of webhooks were told, by its id. */
  readonly received: string[];
  /** How executions ended that the workflow did not end itself. */
  readonly ends: ReadonlyMap<string, ExecutionEnd>;
  /** What a tool does beside its effect. */
  tool(effect: Effect, context: ToolContext): Promise<void>;
  newId(): string;
}
