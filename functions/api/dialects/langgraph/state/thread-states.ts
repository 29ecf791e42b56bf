import type { DialectDeps } from '#api/dialect-deps.ts';
import { type CheckpointRef, isDeleted, type Run } from '#core/run/run.ts';
import type { RunLeg } from '#core/run/run-leg.ts';
import { sessionLegs } from '#core/run/run-leg.ts';
import { getRuns } from '#core/run/run-repository.ts';
import {
  type Checkpoint,
  type CheckpointTree,
  checkpointName,
  checkpointTree,
} from '#core/session/checkpoints.ts';
import { getSession } from '#core/session/create-session.ts';
import { callsLeftOpen } from '#core/session/loose-ends.ts';
import type { Session } from '#core/session/session.ts';
import { checkpointNotFound } from '#core/session/session-error.ts';
import { type SessionStanding, sessionStanding } from '#core/session/session-standing.ts';
import type { SessionKey } from '#core/store/keys.ts';
import type { Node } from '../streams/streamed-run.ts';
import type { ThreadState } from '../threads/contract.ts';
import { messagesOf, questionAhead, runAtWork } from '../threads/thread-values.ts';
import { metadataOf, nodeOf, pausedRun, pausedTask, toThreadInterrupts } from '../threads/views.ts';
import { wireTime } from '../wire-ids.ts';
import { checkpointIdOf } from './checkpoint-id.ts';
import { taskIdOf } from './task-id.ts';

type Deps = Pick<DialectDeps, 'store' | 'blobs' | 'settings' | 'clock' | 'log'>;

/** A thread with all of its checkpoints, as states show them. */
export class ThreadStates {
  readonly #deps: Deps;
  readonly #key: SessionKey;
  readonly #session: Session;
  readonly #standing: SessionStanding;
  readonly #tree: CheckpointTree;
  readonly #legs: readonly RunLeg[];
  readonly #hidden: ReadonlySet<string>;

  private constructor(
    deps: Deps,
    key: SessionKey,
    read: {
      readonly session: Session;
      readonly standing: SessionStanding;
      readonly tree: CheckpointTree;
      readonly legs: readonly RunLeg[];
      readonly hidden: ReadonlySet<string>;
    },
  ) {
    this.#deps = deps;
    this.#key = key;
    this.#session = read.session;
    this.#standing = read.standing;
    this.#tree = read.tree;
    this.#legs = read.legs;
    this.#hidden = read.hidden;
  }

  /** @throws RunError session_not_found */
  static async of(deps: Deps, key: SessionKey): Promise<ThreadStates> {
    const session = await getSession(deps, key);
    const standing = await sessionStanding(deps, key);
    const [tree, legs] = await Promise.all([
      checkpointTree(deps, key),
      sessionLegs(deps.store, key),
    ]);
    const ids = [...new Set(tree.all.map(({ runId }) => runId))];
    const runs = await getRuns(
      deps,
      ids.map((runId) => ({ orgId: key.orgId, runId })),
    );
    const hidden = new Set(runs.filter(isUndone).map(({ id }) => id));
    return new ThreadStates(deps, key, { session, standing, tree, legs, hidden });
  }

  /** Where the thread stands, with what a run at work has done so far. */
  async latest(): Promise<ThreadState> {
    const { tip } = this.#standing;
    const run = runAtWork(this.#standing);
    if (tip === null) {
      const state = emptyState;
      if (run === undefined)
        return { ...state, next: this.#standing.live.length > 0 ? ['agent'] : [] };
      return {
        ...state,
        values: { messages: await questionAhead(this.#deps, run) },
        next: ['agent'],
        tasks: [this.#task({ runId: run.id, step: 0 }, 'agent')],
      };
    }
    const state = await this.#state(tip);
    const ahead = await questionAhead(this.#deps, run);
    const paused = pausedRun(this.#standing);
    if (paused?.pendingApproval) return interrupted(state, paused);
    const next = paused
      ? [nodeOf(paused.breakpoint.next)]
      : this.#nextOfLive(state, run, ahead.length > 0);
    return {
      ...state,
      values: { ...state.values, messages: [...(await this.#messages(tip)), ...ahead] },
      next,
      tasks: next.map((name) => this.#task(tip, name)),
    };
  }

  /** @throws RunError checkpoint_not_found */
  async at(checkpointId: string): Promise<ThreadState> {
    const ref = this.find(checkpointId);
    const latest = await this.latest();
    return latest.checkpoint_id === checkpointId ? latest : this.#state(ref);
  }

  /** @throws RunError checkpoint_not_found */
  find(checkpointId: string): CheckpointRef {
    const found = this.#shown.find((one) => checkpointIdOf(one) === checkpointId);
    if (found === undefined) throw checkpointNotFound();
    return { runId: found.runId, step: found.step };
  }

  /** From the newest to the oldest, those of branches that were left too. */
  async *history(): AsyncGenerator<ThreadState> {
    const latest = await this.latest();
    const newestFirst = this.#shown.toSorted((a, b) => b.at - a.at || b.step - a.step);
    for (const one of newestFirst) {
      if (!(await this.#isVisible(one))) continue;
      const isLatest = checkpointIdOf(one) === latest.checkpoint_id;
      yield isLatest ? latest : await this.#state(one);
    }
  }

  get #shown() {
    return this.#tree.all.filter(({ runId }) => !this.#hidden.has(runId));
  }

  async #isVisible(ref: CheckpointRef): Promise<boolean> {
    const visible = shownOf(await this.#tree.branchTo(ref)).at(-1);
    return visible !== undefined && checkpointName(visible) === checkpointName(ref);
  }

  async #messages(ref: CheckpointRef) {
    return messagesOf(await this.#tree.branchTo(ref));
  }

  async #state(ref: CheckpointRef): Promise<ThreadState> {
    const branch = await this.#tree.branchTo(ref);
    const shown = shownOf(branch);
    const checkpoint = shown.at(-1);
    if (checkpoint === undefined) return emptyState;
    const [first] = branch;
    const parent = shown.at(-2) ?? (first?.restarts ? first.parent : null);
    const next = nextOf(branch);
    return {
      values: { messages: messagesOf(branch) },
      next,
      tasks: next.map((name) => this.#task(checkpoint, name)),
      metadata: this.#metadata(checkpoint, shown.length - 2),
      created_at: wireTime(checkpoint.at),
      ...this.#names(checkpoint, parent),
      interrupts: [],
    };
  }

  #task(ref: CheckpointRef, name: Node): ThreadState['tasks'][number] {
    const { last, live } = this.#standing;
    const failed =
      live.length === 0 && last?.status === 'FAILED' && last.id === ref.runId
        ? `${last.error.code}('${last.error.message}')`
        : null;
    return {
      ...emptyTask,
      id: taskIdOf({ runId: ref.runId, step: ref.step + 1 }, name),
      name,
      path: ['__pregel_pull', name],
      error: failed,
    };
  }

  #nextOfLive(state: ThreadState, run: Run | undefined, isAsked: boolean): Node[] {
    if (isAsked) return ['agent'];
    const next = state.next.filter((name): name is Node => name === 'agent' || name === 'tools');
    if (next.length > 0) return next;
    return run !== undefined || this.#standing.live.length > 0 ? ['agent'] : [];
  }

  #metadata(checkpoint: Checkpoint, step: number): NonNullable<ThreadState['metadata']> {
    const { sessionId } = this.#key;
    const source = sourceOf(checkpoint);
    const own = { source, step, parents: {}, thread_id: sessionId };
    if (checkpoint.writtenAs !== undefined) return { ...metadataOf(this.#session), ...own };
    return { ...metadataOf(this.#session), ...own, run_id: this.#runIdAt(checkpoint) };
  }

  /** Of the LangGraph run that was at work then. */
  #runIdAt({ runId, at }: Checkpoint): string {
    const leg = this.#legs.findLast((one) => one.runId === runId && one.createdAt <= at);
    return leg?.id ?? runId;
  }

  #names(ref: CheckpointRef, parent: CheckpointRef | null) {
    const nameOf = (one: CheckpointRef) => ({
      checkpoint_id: checkpointIdOf(one),
      thread_id: this.#key.sessionId,
      checkpoint_ns: '',
    });
    return {
      checkpoint: nameOf(ref),
      parent_checkpoint: parent && nameOf(parent),
      checkpoint_id: checkpointIdOf(ref),
      parent_checkpoint_id: parent && checkpointIdOf(parent),
    };
  }
}

const isUndone = (run: Run) => isDeleted(run) && 'deleted' in run && run.deleted === 'with-steps';

/** A step that has said nothing, as that which asks a person, is no state of its own. */
const shownOf = (branch: readonly Checkpoint[]) =>
  branch.filter(({ appended, writtenAs }) => appended.length > 0 || writtenAs !== undefined);

function sourceOf({ writtenAs, appended }: Checkpoint): 'update' | 'input' | 'loop' {
  if (writtenAs !== undefined) return 'update';
  return appended.every(({ role }) => role === 'user') ? 'input' : 'loop';
}

/** What a graph would do next from here. */
function nextOf(branch: readonly Checkpoint[]): Node[] {
  const messages = branch.flatMap(({ appended }) => appended);
  if (callsLeftOpen(messages).length > 0) return ['tools'];
  const last = messages.at(-1);
  return last === undefined || last.role === 'assistant' ? [] : ['agent'];
}

const emptyTask = { interrupts: [], checkpoint: null, state: null, result: null };

const emptyState: ThreadState = {
  values: {},
  next: [],
  tasks: [],
  metadata: null,
  created_at: null,
  checkpoint: null,
  parent_checkpoint: null,
  interrupts: [],
  checkpoint_id: null,
  parent_checkpoint_id: null,
};

function interrupted(state: ThreadState, run: Parameters<typeof pausedTask>[0]): ThreadState {
  const interrupts = toThreadInterrupts(run);
  const task = {
    ...emptyTask,
    id: pausedTask(run),
    name: 'tools',
    path: ['__pregel_pull', 'tools'],
    error: null,
    interrupts,
  };
  return { ...state, next: ['tools'], tasks: [task], interrupts };
}
