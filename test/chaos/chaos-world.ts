import { EmbeddedRuntime } from '#adapters/embedded/embedded-runtime.ts';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import type { RuntimeParts } from '#adapters/embedded/runtime-parts.ts';
import type { ToolContext } from '#agent/define-agent.ts';
import type { OutboxEvent } from '#core/outbox/outbox-event.ts';
import type { RunStatusChanged } from '#core/outbox/run-status-changed.ts';
import type { Run } from '#core/run/run.ts';
import { sweep } from '#core/run/sweep.ts';
import { isStatusChange } from '../builders/a-bus.ts';
import { aClock } from '../builders/a-clock.ts';
import { Activity, counted } from '../builders/activity.ts';
import { type Effect, workingAgent } from '../builders/an-agent.ts';
import { aFolder, theAgents } from '../builders/an-engine.ts';
import { runsOf } from '../core/left-overs.ts';
import { Faults } from './faults.ts';
import { inChaos } from './in-chaos.ts';

export const orgs = ['acme', 'other'] as const;
export const slotsPerTenant = 2;

const minuteMs = 61_000;
const day = 24 * 3600;

/** The embedded runtime at work in chaos, on a clock that the test moves. */
export class ChaosWorld {
  readonly clock = aClock();
  readonly effects: Effect[] = [];
  readonly told: RunStatusChanged[] = [];
  /** What the runtime has logged as gone wrong. */
  readonly failures: string[] = [];
  /** Somebody outside who hears of changes as they are told. */
  onTold: (change: RunStatusChanged) => void = () => undefined;
  readonly faults: Faults;
  readonly runtime: EmbeddedRuntime;
  readonly #activity = new Activity();

  constructor(random: () => number) {
    this.faults = new Faults({ random, clock: this.clock, latestMs: 90_000, losses: true });
    const blobs = new FileBlobStore(aFolder());
    const worker = workingAgent((effect, context) => this.#work(effect, context));
    this.runtime = new EmbeddedRuntime({
      dataDir: ':memory:',
      agents: theAgents(blobs, {}, worker),
      blobs,
      clock: this.clock,
      log: (_level, _message, { error }) => {
        if (typeof error === 'string') this.failures.push(error);
      },
      settings: {
        slotsPerTenant,
        retentionSeconds: 400 * day,
        idempotencySeconds: 400 * day,
      },
      bus: { publish: (changes) => this.#publish(changes) },
      // The test sweeps itself.
      sweepEverySeconds: 1000 * day,
      decorate: (parts) => this.#counted(inChaos(this.faults)(parts)),
    });
  }

  get deps() {
    return this.runtime.deps;
  }

  async runs(): Promise<Run[]> {
    return (await Promise.all(orgs.map((orgId) => runsOf(this.deps, orgId)))).flat();
  }

  async sweep(): Promise<void> {
    await sweep(this.deps);
  }

  /** Resolves when nothing happens any more until time passes. */
  quiet(): Promise<void> {
    return this.#activity.quiet();
  }

  async sweepTwice(): Promise<void> {
    for (let i = 0; i < 2; i += 1) {
      this.clock.advance(minuteMs);
      await this.quiet();
      await this.sweep();
      await this.quiet();
    }
  }

  /** A tool may take longer than a lease. */
  async #work(effect: Effect, { signal }: ToolContext): Promise<void> {
    this.effects.push(effect);
    const seconds = this.faults.chance(0.4) ? this.faults.choose([1, 20, 150]) : undefined;
    if (seconds) await this.clock.sleep(seconds * 1000, signal);
  }

  #publish(events: readonly OutboxEvent[]) {
    const taken = events.filter(() => !this.faults.chance(0.2));
    const publish = async () => {
      const changes = taken.filter(isStatusChange);
      this.told.push(...changes);
      for (const change of changes) this.onTold(change);
      return events.filter((event) => !taken.includes(event));
    };
    return this.faults.call(publish, { unreached: 0.1, unanswered: 0.1 });
  }

  #counted({ store, queue, workflow, tasks }: RuntimeParts): RuntimeParts {
    return {
      store: counted(this.#activity, store),
      queue: counted(this.#activity, queue),
      workflow: counted(this.#activity, workflow),
      tasks,
    };
  }
}
