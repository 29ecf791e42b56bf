import { decideApproval } from '#core/approval/decide-approval.ts';
import type { RunStatusChanged } from '#core/outbox/run-status-changed.ts';
import { cancelRun } from '#core/run/cancel-run.ts';
import type { Run } from '#core/run/run.ts';
import { RunError } from '#core/run/run-error.ts';
import { getRun, keyOf } from '#core/run/run-repository.ts';
import { submitRun } from '#core/run/submit-run.ts';
import { aPrincipal } from '../builders/a-principal.ts';
import { aSubmission } from '../builders/an-engine.ts';
import type { ChaosWorld } from './chaos-world.ts';
import { Unavailable } from './faults.ts';

const attempts = 4;

/** What the callers were promised: they ask again, with the same key, when they get no answer. */
export class Clients {
  readonly #world: ChaosWorld;
  #asked = 0;
  readonly submitted: Run[] = [];
  readonly cancelled: Run[] = [];
  /** Who was told that theirs is the decision, by approval. */
  readonly deciders = new Map<string, string[]>();

  constructor(world: ChaosWorld) {
    this.#world = world;
  }

  async submit(orgId: string, sessionId: string, message: string): Promise<void> {
    const key = this.#key();
    // A caller of one submission, to find what became of it.
    const work = { agentId: 'worker', orgId, sessionId, message, userId: key };
    const command = aSubmission({ ...work, idempotency: claim('submit', key) });
    const submitted = await persistently(() => submitRun(this.#world.deps, command));
    if (submitted) this.submitted.push(submitted.run);
  }

  async cancel(run: Run): Promise<void> {
    const done = await persistently(() => cancelRun(this.#world.deps, keyOf(run), 'test'));
    if (done) this.cancelled.push(run);
  }

  /** Approves as soon as it is asked, before the run's wait is even registered. */
  async approveAtOnce({ orgId, runId, status }: RunStatusChanged): Promise<void> {
    if (status !== 'PAUSED' || !this.#world.faults.chance(0.3)) return;
    const run = await persistently(() => getRun(this.#world.deps, { orgId, runId }));
    if (run) await this.decide(run, 'APPROVE');
  }

  async decide(run: Run, decision: 'APPROVE' | 'REJECT'): Promise<void> {
    if (run.status !== 'PAUSED' || !run.pendingApproval) return;
    const { approvalId } = run.pendingApproval;
    const by = this.#key();
    const command = {
      ...keyOf(run),
      approvalId,
      decision,
      by: aPrincipal(by),
      idempotency: claim('decide', by),
    };
    const done = await persistently(() => decideApproval(this.#world.deps, command));
    if (done) this.deciders.set(approvalId, [...(this.deciders.get(approvalId) ?? []), by]);
  }

  #key(): string {
    this.#asked += 1;
    return `client ${this.#asked}`;
  }
}

const claim = (route: string, key: string) => ({ route, key, fingerprint: key });

/** @returns `undefined` where it was refused, or nobody knows what came of it */
async function persistently<T>(call: () => Promise<T>): Promise<T | undefined> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof RunError) return undefined;
      if (!(error instanceof Unavailable)) throw error;
    }
  }
  return undefined;
}
