import { randomUUID } from 'node:crypto';
import { cronerCalendar } from '#adapters/croner-calendar.ts';
import type { EmbeddedDeps } from '#adapters/embedded/embedded-runtime.ts';
import {
  expirePauseTask,
  finalizeTask,
  type LifecycleTasks,
  registerPauseTask,
  segmentTask,
} from '#core/lifecycle-tasks.ts';
import { storedRunTally } from '#core/run/stored-run-tally.ts';
import type { DeliverDeps } from '#core/webhook/deliver.ts';
import { workingAgent } from '../../builders/an-agent.ts';
import { theAgents } from '../../builders/an-engine.ts';
import { Life } from './life.ts';
import { mortal } from './mortal.ts';
import { Outgoing } from './outgoing.ts';
import type { Surroundings } from './surroundings.ts';

/** A process at work in the world: ports that end with it, and all that the workflow asks of one. */
export class Process {
  readonly life: Life;
  readonly deps: EmbeddedDeps;
  readonly tasks: LifecycleTasks;
  /** To deliver webhooks with. */
  readonly delivering: DeliverDeps;

  constructor(world: Surroundings) {
    const { blobs, bus, clock, newId, settings, watch } = world;
    const life = new Life(world.activity);
    const outgoing = new Outgoing(world, life);
    const mortalBlobs = mortal(life, 'blobs', blobs);
    this.life = life;
    this.deps = {
      store: mortal(life, 'store', outgoing.store),
      blobs: mortalBlobs,
      queue: mortal(life, 'queue', outgoing.queue),
      workflow: mortal(life, 'workflow', outgoing.workflow),
      bus: mortal(life, 'bus', bus),
      tally: storedRunTally(outgoing.store),
      files: mortalBlobs,
      batches: { start: async () => undefined },
      deliveries: mortal(life, 'deliveries', outgoing.deliveries),
      watch,
      clock: { now: clock.now, sleep: (...args) => life.await(() => clock.sleep(...args)) },
      agents: theAgents(mortalBlobs, {}, agentOf(world, life)),
      settings,
      calendar: cronerCalendar,
      newId,
      log: () => undefined,
    };
    this.tasks = tasksOf(this.deps);
    this.delivering = {
      ...this.deps,
      post: ({ headers }) =>
        life.change('post', async () => {
          world.received.push(headers['webhook-id'] ?? '');
          return { status: 200 };
        }),
      webhookBody: async ({ id, status }) => ({ id, status }),
    };
  }
}

function agentOf(world: Surroundings, life: Life) {
  const worker = workingAgent(
    async (effect, context) => {
      await life.change(`tool ${effect.tool}`, async () => void world.effects.push(effect));
      await life.await(() => world.tool(effect, context));
    },
    { accepts: ['image/*'] },
  );
  const tools = worker.tools?.map((tool) =>
    tool.approval ? { ...tool, approval: { ...tool.approval, ...world.approval } } : tool,
  );
  return { ...worker, ...(tools ? { tools } : {}) };
}

/** Nobody knows that another process is dead: its leases last as long as they last. */
const tasksOf = (deps: EmbeddedDeps): LifecycleTasks => ({
  segment: (input) => segmentTask(deps, input, anInvocation()),
  'register-pause': (input) => registerPauseTask(deps, input),
  'expire-pause': (input) => expirePauseTask(deps, input),
  finalize: (input) => finalizeTask(deps, input),
});

export const anInvocation = (owner: string = randomUUID()) => ({
  owner,
  isDead: () => false,
  stopping: new AbortController().signal,
});
