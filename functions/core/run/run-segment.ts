import { approvalIdOf } from '../approval/approval.ts';
import { paused } from '../approval/pause-run.ts';
import { writeCheckpoint } from '../session/checkpoints.ts';
import { storeValue } from '../store/stored-value.ts';
import type { Agent, StepResult } from './agents.ts';
import { stepAfter, stopped, stopsAt } from './breakpoint.ts';
import type { SegmentDeps } from './deps.ts';
import { completed, failed, releaseCancelled, ringNext } from './finish-run.ts';
import { type Invocation, LeasedRun, LeaseLost } from './leased-run.ts';
import { loadProgress, type Progress } from './load-progress.ts';
import { hasEnded, type Run, type RunFailure, type RunIn, type StepKind } from './run.ts';
import { changeRun, keyOf, type RunChange } from './run-repository.ts';
import type { RunExecution } from './run-workflow.ts';
import { StepReporter } from './step-reporter.ts';
import { supervise } from './supervise.ts';

/** What a segment tells the workflow: no payloads, small enough to read in a console. */
export interface SegmentOutcome {
  readonly next: 'DONE' | 'CONTINUE' | 'PAUSE' | 'FAIL';
  /** Of the run, where it has one for good. */
  readonly status?: Run['status'];
  /** Steps that this invocation took. */
  readonly steps: number;
  /** The tool that it called last. */
  readonly lastTool?: string;
  /** Of the pause, where the workflow has to wait. */
  readonly approvalId?: string;
  readonly error?: RunFailure;
}

type Done = Pick<SegmentOutcome, 'steps' | 'lastTool'>;

export interface SegmentInvocation extends Invocation {
  /** Aborts when the host wants its worker back: the run goes on in the next invocation. */
  readonly stopping: AbortSignal;
}

/**
 * Takes a running run as many steps on as fit into one invocation, each with a checkpoint.
 * @throws LeaseHeld while another invocation may be alive; anything else that is thrown is worth a
 * retry too, from the last checkpoint
 */
export async function runSegment(
  deps: SegmentDeps,
  execution: RunExecution,
  invocation: SegmentInvocation,
): Promise<SegmentOutcome> {
  const leased = await LeasedRun.take(deps, execution, invocation);
  if (!(leased instanceof LeasedRun)) return outcomeOf(deps, leased, execution);
  const segment = new Segment(deps, leased, invocation.stopping);
  try {
    await segment.run();
    return await outcomeOf(deps, leased.latest, execution, segment.done);
  } catch (error) {
    if (!(error instanceof LeaseLost)) {
      await leased.abandon().catch(() => undefined);
      throw error;
    }
    const run = await acknowledge(deps, execution, leased.run.fence);
    return outcomeOf(deps, run, execution, segment.done);
  }
}

async function outcomeOf(
  deps: SegmentDeps,
  run: Run,
  execution: RunExecution,
  done: Done = { steps: 0 },
): Promise<SegmentOutcome> {
  if (hasEnded(run)) await ringNext(deps, run);
  // A later execution has taken over.
  if (run.epoch !== execution.epoch) return { next: 'DONE', ...done };
  switch (run.status) {
    case 'FAILED':
      return { next: 'FAIL', ...done, error: run.error };
    case 'PAUSED':
      return { next: 'PAUSE', ...done, approvalId: approvalIdOf(run.id, run.pauses) };
    case 'RUNNING':
      return { next: 'CONTINUE', ...done };
    default:
      return { next: 'DONE', status: run.status, ...done };
  }
}

/** A cancelled run gives back slot and turn as soon as its segment has noticed. */
function acknowledge(deps: SegmentDeps, execution: RunExecution, fence: number): Promise<Run> {
  return changeRun(deps, execution, (run) => {
    if (run.status !== 'CANCELLED' || run.slot === null || run.fence !== fence) return undefined;
    const change = releaseCancelled(run);
    return { ...change, run: { ...change.run, executionOpen: false } };
  });
}

class Segment {
  readonly #deps: SegmentDeps;
  readonly #leased: LeasedRun;
  readonly #stopping: AbortSignal;
  done: Done = { steps: 0 };

  constructor(deps: SegmentDeps, leased: LeasedRun, stopping: AbortSignal) {
    this.#deps = deps;
    this.#leased = leased;
    this.#stopping = stopping;
  }

  async run(): Promise<void> {
    const { run } = this.#leased;
    const agent = this.#deps.agents.find(run.agentId, run.orgId);
    if (agent === undefined)
      return this.#fail({ code: 'agent_error', message: `There is no agent ${run.agentId}.` });
    const progress = await loadProgress(this.#deps, run);
    if (await this.#stopsAtFirst(progress)) return;
    const endsAt = this.#deps.clock.now() + this.#deps.settings.segmentSeconds * 1000;
    for (;;) {
      const now = this.#deps.clock.now();
      if (now >= this.#leased.run.deadline)
        return this.#fail({ code: 'timeout', message: 'The run took longer than its agent may.' });
      if (now >= endsAt || this.#stopping.aborted) return this.#handOver();
      if (!(await this.#step(agent, progress))) return;
    }
  }

  /** One that only goes on has been where it stands. */
  async #stopsAtFirst({ request }: Progress): Promise<boolean> {
    const { step, decided, breakpoints } = this.#leased.run;
    if (step > 0 || decided !== null || request.continues) return false;
    if (!breakpoints || !stopsAt(breakpoints, undefined, 'model')) return false;
    await this.#leased.change((run) => stopped(run, 'model', this.#deps.clock.now()));
    return true;
  }

  /** @returns whether the run goes on in this invocation */
  async #step(agent: Agent, progress: Progress): Promise<boolean> {
    const reporter = new StepReporter(this.#deps, this.#leased);
    reporter.emit({ type: 'step.started', data: { step: this.#leased.run.step + 1 } });
    const result = await this.#take(agent, progress, reporter);
    if (result === undefined) return true;
    const stop = this.#stopAfter(progress, result);
    progress.messages.push(...result.appended);
    progress.state = result.state;
    progress.decision = undefined;
    this.done = { ...this.done, steps: this.done.steps + 1 };
    return this.#checkpoint(result, reporter, stop);
  }

  /** @returns before what the run stops now, or `undefined` */
  #stopAfter(
    { history, messages }: Progress,
    { outcome, appended }: StepResult,
  ): StepKind | undefined {
    const { breakpoints } = this.#leased.run;
    if (breakpoints === undefined || outcome.kind !== 'continue') return undefined;
    const before = [...history, ...messages];
    const next = stepAfter([...before, ...appended]);
    return stopsAt(breakpoints, stepAfter(before), next) ? next : undefined;
  }

  /** @returns `undefined` where the run's time or the invocation's was up before the step was done */
  async #take(
    agent: Agent,
    progress: Progress,
    reporter: StepReporter,
  ): Promise<StepResult | undefined> {
    const { run } = this.#leased;
    const supervision = supervise(this.#deps, this.#leased, this.#stopping);
    try {
      return await agent.step({
        run: { ...keyOf(run), sessionId: run.sessionId, userId: run.userId },
        step: run.step + 1,
        ...progress,
        usage: run.usage,
        begun: run.begun ?? undefined,
        signal: supervision.signal,
        emit: (event) => {
          if (event.type === 'tool.started')
            this.done = { ...this.done, lastTool: event.data.tool };
          reporter.emit(event);
        },
        begin: (toolCallId) => this.#begin(toolCallId, reporter),
      });
    } catch (error) {
      reporter.take();
      if (supervision.lost) throw new LeaseLost();
      if (supervision.signal.aborted) return undefined;
      throw error;
    } finally {
      supervision.end();
    }
  }

  async #begin(toolCallId: string, reporter: StepReporter): Promise<void> {
    await this.#leased.change((run) => ({
      run: { ...run, begun: toolCallId },
      events: reporter.take(),
    }));
  }

  async #checkpoint(
    result: StepResult,
    reporter: StepReporter,
    stop: StepKind | undefined,
  ): Promise<boolean> {
    const { run } = this.#leased;
    const step = run.step + 1;
    const checkpoint = await writeCheckpoint(this.#deps, run, {
      runId: run.id,
      step,
      parent: run.step === 0 ? run.base : { runId: run.id, step: run.step },
      at: this.#deps.clock.now(),
      appended: [...result.appended],
      state: result.state,
    });
    const output =
      result.outcome.kind === 'done'
        ? await storeValue(this.#deps, `${run.orgId}/${run.id}/output`, result.outcome.output)
        : undefined;
    let events = reporter.take();
    await this.#leased.change((current) => {
      // Asked again after a conflict, with what was emitted in between.
      events = [...events, ...reporter.take()];
      const stepped: RunIn<'RUNNING'> = {
        ...current,
        step,
        usage: {
          inputTokens: current.usage.inputTokens + result.usage.inputTokens,
          outputTokens: current.usage.outputTokens + result.usage.outputTokens,
        },
        deaths: 0,
        decided: null,
        // Whoever is asked about an interrupted call has not answered yet.
        begun: result.outcome.kind === 'pause' ? current.begun : null,
      };
      const moment = { now: this.#deps.clock.now(), settings: this.#deps.settings };
      const change =
        stop === undefined
          ? follow(stepped, result, output, moment)
          : stopped(stepped, stop, moment.now);
      return {
        run: change.run,
        events: [...events, ...(change.events ?? [])],
        writes: [checkpoint, ...(change.writes ?? [])],
      };
    });
    return result.outcome.kind === 'continue' && stop === undefined;
  }

  async #fail(error: RunFailure): Promise<void> {
    await this.#leased.change((run) =>
      failed(run, error, false, { now: this.#deps.clock.now(), settings: this.#deps.settings }),
    );
  }

  /** Lets the next invocation go on at once. */
  async #handOver(): Promise<void> {
    await this.#leased.change((run) => ({
      run: {
        ...run,
        lease: null,
        wakeAt: this.#deps.clock.now() + this.#deps.settings.wakeSeconds * 1000,
      },
    }));
  }
}

type Moment = Parameters<typeof completed>[2];

function follow(
  run: RunIn<'RUNNING'>,
  { outcome }: StepResult,
  output: Parameters<typeof completed>[1] | undefined,
  moment: Moment,
): RunChange {
  if (outcome.kind === 'pause') return paused(run, outcome.approval, moment.now);
  if (outcome.kind === 'fail') return failed(run, outcome.error, false, moment);
  if (output !== undefined) return completed(run, output, moment);
  return { run };
}
