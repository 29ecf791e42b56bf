import type { Answer } from './ask.ts';
import type { Client, WireEvent } from './client.ts';
import type { Screen } from './screen.ts';
import { showEvent } from './show-event.ts';

export interface Play {
  readonly client: Client;
  readonly screen: Screen;
  ask(): Promise<Answer>;
  /** Ends what was started where the demo breaks off. */
  readonly cleanup: AsyncDisposableStack;
}

export interface PlayedRun {
  readonly status: string;
  readonly answer: string;
  readonly toolsDone: readonly string[];
  readonly approved: readonly string[];
  readonly rejected: readonly string[];
}

/** Submits a background run and shows it to its end, with a decision wherever it asks for one. */
export async function playRun(play: Play, agentId: string, message: string): Promise<PlayedRun> {
  const { client, screen } = play;
  screen.line('you', message, 'cyan');
  const runId = await client.submit(agentId, message);
  const run = new RunOnScreen(play, agentId, runId);
  play.cleanup.defer(() => run.breakOff());
  screen.line('run', `${runId} of ${agentId}, in the background`);
  for await (const event of client.events(runId)) await run.take(event);
  return run.result();
}

class RunOnScreen {
  readonly #play: Play;
  readonly #agentId: string;
  readonly #runId: string;
  readonly #toolsDone: string[] = [];
  readonly #decided = { APPROVE: [] as string[], REJECT: [] as string[] };
  /** Each answers when the run has come to rest again: meanwhile its events are shown. */
  readonly #decisions: Promise<void>[] = [];
  #call: string | undefined;
  #hasEnded = false;

  constructor(play: Play, agentId: string, runId: string) {
    this.#play = play;
    this.#agentId = agentId;
    this.#runId = runId;
  }

  async take(event: WireEvent): Promise<void> {
    showEvent(this.#play.screen, event);
    if (event.type === 'tool.completed') this.#toolsDone.push(event.data.tool);
    if (event.type === 'approval.requested') this.#call = event.data.tool;
    // The decision counts only once the pause is stored, which this event says.
    if (event.type === 'run.paused') await this.#decide();
  }

  async result(): Promise<PlayedRun> {
    await Promise.all(this.#decisions);
    const { status, output, usage } = await this.#play.client.detail(this.#runId);
    this.#hasEnded = true;
    const tokens = `${usage.inputTokens} tokens in, ${usage.outputTokens} out`;
    this.#play.screen.line('result', `stored as ${status}, ${tokens}`);
    return {
      status,
      answer: output?.content ?? '',
      toolsDone: this.#toolsDone,
      approved: this.#decided.APPROVE,
      rejected: this.#decided.REJECT,
    };
  }

  /** A run that nobody will decide any more would hold a slot until its approval expires. */
  async breakOff(): Promise<void> {
    if (!this.#hasEnded)
      await this.#play.client.cancel(this.#agentId, this.#runId).catch(() => undefined);
  }

  async #decide(): Promise<void> {
    const { client, screen, ask } = this.#play;
    const { action, by, reason } = await ask();
    this.#decided[action].push(this.#call ?? '');
    screen.line(action === 'APPROVE' ? 'approved' : 'rejected', `by ${by}`, 'yellow');
    const decision = client.decide(this.#agentId, this.#runId, action, reason);
    // Its failure is for result() to throw, not for the process to end at.
    decision.catch(() => undefined);
    this.#decisions.push(decision);
  }
}
