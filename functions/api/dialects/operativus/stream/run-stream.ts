import { oneLine } from '#api/event-stream.ts';
import { wireId } from '#api/wire-id.ts';
import type { RunDeps } from '#core/run/deps.ts';
import { type Run, RunOutput } from '#core/run/run.ts';
import type { RunEvent } from '#core/run/run-event.ts';
import { getRun, keyOf } from '#core/run/run-repository.ts';
import { runCheckpoints } from '#core/session/checkpoints.ts';
import { loadValue } from '#core/store/stored-value.ts';
import { toRequiredAction } from '../runs/views.ts';

/** What its client is told of a run: always a text, which is JSON where it is more than a text. */
interface Told {
  readonly event:
    | 'START'
    | 'REASONING_DELTA'
    | 'CONTENT_DELTA'
    | 'CONTENT_DONE'
    | 'TOOL_START'
    | 'TOOL_END'
    | 'TOOL_ERROR'
    | 'PAUSED'
    | 'METRICS'
    | 'FOLLOWUP_SUGGESTION'
    | 'STOP'
    | 'CANCELLED'
    | 'ERROR';
  readonly data: string;
}

type Asked = Extract<RunEvent, { type: 'approval.requested' }>;

/** One run in the words of Operativus' stream. */
export class RunStream {
  readonly #deps: RunDeps;
  readonly #run: Run;
  #asked: Asked | undefined;
  /** Whether the client has its answer: the run has ended, or waits for a person. */
  isOver = false;

  constructor(deps: RunDeps, run: Run) {
    this.#deps = deps;
    this.#run = run;
  }

  /** Frames of these events, which come in their order. */
  async frames(events: readonly RunEvent[]): Promise<string> {
    const frames: string[] = [];
    for (const event of events) frames.push(...toFrames(event, await this.#tell(event)));
    return frames.join('');
  }

  async #tell(event: RunEvent): Promise<Told[]> {
    switch (event.type) {
      case 'approval.requested':
        this.#asked = event;
        return [];
      case 'run.paused':
        return event.data.next === undefined ? this.#paused(event.seq) : [];
      case 'run.completed':
        this.isOver = true;
        return this.#completed();
      case 'run.failed':
        this.isOver = true;
        return [{ event: 'ERROR', data: event.data.message }];
      case 'run.cancelled':
        this.isOver = true;
        return [{ event: 'CANCELLED', data: event.data.reason }];
      default:
        return tell(event, this.#run);
    }
  }

  /** A reader who comes later passes by the pauses that are over. */
  async #paused(seq: number): Promise<Told[]> {
    if (this.#asked === undefined) return [];
    const { data } = this.#asked;
    this.isOver = (await getRun(this.#deps, keyOf(this.#run))).lastSeq === seq;
    const action = toRequiredAction({ ...data, expiresAt: Date.parse(data.expiresAt) });
    return [{ event: 'PAUSED', data: JSON.stringify(action) }];
  }

  async #completed(): Promise<Told[]> {
    const run = await getRun(this.#deps, keyOf(this.#run));
    if (run.status !== 'COMPLETED') return [];
    const [{ content }, checkpoints] = await Promise.all([
      loadValue(this.#deps, run.output, RunOutput),
      runCheckpoints(this.#deps, run, run.id),
    ]);
    const messages = checkpoints.flatMap(({ appended }) => appended);
    const { inputTokens, outputTokens } = run.usage;
    const metrics = {
      inputTokens,
      outputTokens,
      totalTokens: inputTokens + outputTokens,
      llmCalls: messages.filter(({ role }) => role === 'assistant').length,
      model: run.model,
    };
    return [
      { event: 'CONTENT_DONE', data: content },
      { event: 'METRICS', data: JSON.stringify(metrics) },
      { event: 'STOP', data: wireId(run.id) },
    ];
  }
}

function tell(event: RunEvent, run: Run): Told[] {
  switch (event.type) {
    case 'run.queued':
      return [{ event: 'START', data: wireId(run.id) }];
    case 'reasoning.delta':
      return [{ event: 'REASONING_DELTA', data: event.data.text }];
    case 'text.delta':
      return [{ event: 'CONTENT_DELTA', data: event.data.text }];
    case 'tool.started': {
      const { toolCallId: id, tool: name, arguments: args } = event.data;
      return [toolFrame('TOOL_START', { id, name, arguments: JSON.stringify(args) })];
    }
    case 'tool.completed': {
      const { toolCallId: id, tool: name, result } = event.data;
      const text = typeof result === 'string' ? result : JSON.stringify(result);
      return [toolFrame('TOOL_END', { id, name, result: text })];
    }
    case 'tool.failed': {
      const { toolCallId: id, tool: name, message: error } = event.data;
      return [toolFrame('TOOL_ERROR', { id, name, error })];
    }
    case 'followups':
      return [{ event: 'FOLLOWUP_SUGGESTION', data: JSON.stringify(event.data.questions) }];
    default:
      return [];
  }
}

const toolFrame = (event: 'TOOL_START' | 'TOOL_END' | 'TOOL_ERROR', data: object): Told => ({
  event,
  data: JSON.stringify(data),
});

/**
 * The data come first and without a space, as its server has them. Only the last of an event's frames
 * has its id: whoever was cut off between two gets both again.
 */
const toFrames = ({ seq, at }: RunEvent, told: readonly Told[]): string[] =>
  told.map(({ event, data }, i) => {
    const id = i === told.length - 1 ? `id: ${seq}\n` : '';
    return `data:${oneLine({ event, data, timestamp: at })}\n${id}\n`;
  });
