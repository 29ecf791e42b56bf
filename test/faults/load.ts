import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller, Run } from './caller.ts';
import type { Ledger } from './ledger.ts';
import { aPlan, type Plan } from './plan.ts';

export interface Submitted {
  readonly key: string;
  readonly plan: Plan;
  readonly sessionId: string | undefined;
  readonly id: string;
}

const sessions = 8;
/** Submissions without a session go on beside those with one. */
const lanes = sessions + 2;
const pauseMs = { least: 120, range: 200 };

/** Submits runs, those of each session one after the other, until it is told to stop. */
export class Load {
  readonly #caller: Caller;
  readonly submitted: Submitted[] = [];
  readonly #lanes: Promise<void>[];
  #open = true;

  constructor(caller: Caller) {
    this.#caller = caller;
    this.#lanes = Array.from({ length: lanes }, (_, lane) =>
      this.#submitAll(lane, lane < sessions ? randomUUID() : undefined),
    );
  }

  /** @returns all that was acknowledged */
  async stop(): Promise<readonly Submitted[]> {
    this.#open = false;
    await Promise.all(this.#lanes);
    return this.submitted;
  }

  async #submitAll(lane: number, sessionId: string | undefined): Promise<void> {
    for (let n = 0; this.#open; n += 1) {
      const plan = planOf(`${lane}-${n}`, n);
      const key = randomUUID();
      const id = await this.#caller.submit(plan, { sessionId, key });
      this.submitted.push({ key, plan, sessionId, id });
      await sleep(pauseMs.least + Math.random() * pauseMs.range);
    }
  }
}

function planOf(label: string, n: number): Plan {
  const ms = 10 + Math.random() * 40;
  const record = { tool: 'record', ms } as const;
  const post = { tool: 'post', ms } as const;
  return n % 3 === 0
    ? aPlan(label, record, [record, post], record)
    : aPlan(label, record, [record, record, record]);
}

/** Decides on what waits, as a person does who looks first whether it was done. */
export class Person {
  readonly asked: Run[] = [];
  readonly #caller: Caller;
  readonly #ledger: Ledger;
  readonly #work: Promise<void>;
  #open = true;

  constructor(caller: Caller, ledger: Ledger) {
    this.#caller = caller;
    this.#ledger = ledger;
    this.#work = this.#decideAll();
  }

  async stop(): Promise<void> {
    this.#open = false;
    await this.#work;
  }

  async #decideAll(): Promise<void> {
    while (this.#open) {
      const paused = await this.#caller.runs(['PAUSED']);
      await Promise.all(paused.map((run) => this.#decide(run)));
      await sleep(200);
    }
  }

  async #decide(run: Run): Promise<void> {
    const { pendingApproval } = run;
    if (pendingApproval === undefined) return;
    this.asked.push(run);
    const done = this.#ledger
      .effects()
      .some(
        ({ idempotencyKey, tool }) =>
          tool === pendingApproval.tool && idempotencyKey.startsWith(run.id),
      );
    const action = done ? 'REJECT' : 'APPROVE';
    await this.#caller.decideSurely(run.id, action, pendingApproval.approvalId);
  }
}
