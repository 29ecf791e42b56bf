import type { ExecutionOutcome, RunExecution, RunWorkflow } from '#core/run/run-workflow.ts';
import type { Faults } from './faults.ts';

const odds = { unreached: 0.06, unanswered: 0.06 };

/**
 * A workflow that starts twice and ends waits twice, hears nothing, answers late or not at all, and
 * stops late.
 */
export class ChaosRunWorkflow implements RunWorkflow {
  readonly #workflow: RunWorkflow;
  readonly #faults: Faults;
  /** Tokens that were sent back already. */
  readonly #spent: string[] = [];

  constructor(workflow: RunWorkflow, faults: Faults) {
    this.#workflow = workflow;
    this.#faults = faults;
  }

  async start(execution: RunExecution): Promise<void> {
    await this.#tell(() => this.#workflow.start(execution));
  }

  async resume(taskToken: string, told: Readonly<Record<string, string>>): Promise<boolean> {
    const old = this.#faults.chance(0.2) ? this.#faults.choose(this.#spent) : undefined;
    if (old) this.#faults.later(() => this.#workflow.resume(old, told));
    this.#spent.push(taskToken);
    const resume = () => this.#workflow.resume(taskToken, told);
    if (this.#faults.loses(0.2)) return true;
    if (this.#faults.chance(0.1)) this.#faults.later(resume);
    return this.#faults.call(resume, odds);
  }

  async failWait(taskToken: string, cause: string): Promise<void> {
    await this.#tell(() => this.#workflow.failWait(taskToken, cause));
  }

  async stop(execution: RunExecution, cause: string): Promise<void> {
    const stop = () => this.#workflow.stop(execution, cause);
    if (this.#faults.chance(0.2)) this.#faults.later(stop);
    else await this.#faults.call(stop, odds);
  }

  outcome(execution: RunExecution): Promise<ExecutionOutcome> {
    return this.#faults.call(() => this.#workflow.outcome(execution), { unreached: 0.05 });
  }

  consoleUrl(execution: RunExecution): string | undefined {
    return this.#workflow.consoleUrl(execution);
  }

  async #tell(call: () => Promise<void>): Promise<void> {
    if (this.#faults.loses(0.15)) return;
    if (this.#faults.chance(0.2)) this.#faults.later(call);
    await this.#faults.call(call, odds);
  }
}
