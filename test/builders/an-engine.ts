import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type EmbeddedDeps,
  EmbeddedRuntime,
  type EmbeddedRuntimeOptions,
} from '#adapters/embedded/embedded-runtime.ts';
import { FileBlobStore } from '#adapters/embedded/file-blob-store.ts';
import type { AgentDeclaration, AgentReach } from '#agent/agent-declaration.ts';
import { makeAgent } from '#agent/make-agent.ts';
import type { ModelAccess } from '#agent/models/model-access.ts';
import type { RunBus } from '#core/outbox/run-bus.ts';
import type { Agents } from '#core/run/agents.ts';
import type { RunSettings } from '#core/run/deps.ts';
import type { Run } from '#core/run/run.ts';
import { findRun, keyOf } from '#core/run/run-repository.ts';
import { type SubmitRunCommand, submitRun } from '#core/run/submit-run.ts';
import type { BlobStore } from '#core/store/blob-store.ts';
import { aClock, type FakeClock } from './a-clock.ts';
import { echoAgent } from './an-agent.ts';

export const aFolder = () => mkdtempSync(join(tmpdir(), 'longrun-'));

type TestAgent = AgentDeclaration & { version?: string; access?: Partial<ModelAccess> };

/** Agents as code, where a test needs no files. */
export function theAgents(
  blobs: BlobStore,
  reach: AgentReach,
  ...definitions: TestAgent[]
): Agents {
  const agents = new Map(
    definitions.map((one) => [
      one.id,
      makeAgent(one, one.version ?? 'v1', blobs, { ...reach, ...one.access }),
    ]),
  );
  return { find: (id) => agents.get(id), list: () => [...agents.values()] };
}

export interface Engine {
  readonly deps: EmbeddedDeps;
  readonly clock: FakeClock;
  readonly runtime: EmbeddedRuntime;
  submit(command?: Partial<SubmitRunCommand>): Promise<Run>;
  /** The run as it is once `until` holds. */
  reach(run: Run, until: (run: Run) => boolean): Promise<Run>;
  stop(): Promise<void>;
}

interface EngineOptions {
  readonly agents?: readonly TestAgent[];
  readonly settings?: Partial<RunSettings>;
  /** Told of every change of status. @default - nobody is told */
  readonly bus?: RunBus;
  readonly decorate?: EmbeddedRuntimeOptions['decorate'];
  readonly clock?: FakeClock;
  /** How webhooks are told. @default - they are not */
  readonly webhooks?: EmbeddedRuntimeOptions['webhooks'];
  /** Consumes and sweeps nothing by itself: the test does it all. @default false */
  readonly idle?: boolean;
  readonly reach?: AgentReach;
  /** @default a database in memory */
  readonly dataDir?: string;
}

/** The core on the embedded runtime, at work. It stops when the test ends. */
export async function anEngine(options: EngineOptions = {}): Promise<Engine> {
  const clock = options.clock ?? aClock();
  const blobs = new FileBlobStore(options.dataDir ? join(options.dataDir, 'blobs') : aFolder());
  const runtime = new EmbeddedRuntime({
    dataDir: options.dataDir ?? ':memory:',
    agents: theAgents(blobs, options.reach ?? {}, ...(options.agents ?? [echoAgent()])),
    blobs,
    clock,
    log: () => undefined,
    ...(options.settings ? { settings: options.settings } : {}),
    ...(options.bus ? { bus: options.bus } : {}),
    ...(options.decorate ? { decorate: options.decorate } : {}),
    ...(options.webhooks ? { webhooks: options.webhooks } : {}),
  });
  if (!options.idle) await runtime.start();
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= runtime.stop();
    return stopped;
  };
  onTestFinished(stop);
  const { deps } = runtime;
  return {
    deps,
    clock,
    runtime,
    stop,
    submit: async (command) => (await submitRun(deps, aSubmission(command))).run,
    reach: async (run, until) => {
      const watcher = deps.watch.watch(keyOf(run), 'wait');
      try {
        for (;;) {
          const latest = await findRun(deps, keyOf(run));
          if (latest && until(latest)) return latest;
          await watcher.changed(50);
        }
      } finally {
        watcher.close();
      }
    },
  };
}

export const aSubmission = (overrides: Partial<SubmitRunCommand> = {}): SubmitRunCommand => ({
  orgId: 'acme',
  userId: 'ann',
  principal: 'key:test',
  principalUserId: undefined,
  agentId: 'echo',
  message: 'hello',
  media: [],
  options: {},
  generateFollowups: false,
  idempotency: undefined,
  ...overrides,
});
