import { type EventTranslation, frame } from '#api/event-stream.ts';
import { iso } from '#api/iso.ts';
import { wireId } from '#api/wire-id.ts';
import type { Run } from '#core/run/run.ts';
import type { RunEvent } from '#core/run/run-event.ts';
import { toRequiredAction } from '../runs/views.ts';

type EventType =
  | 'RUN_START'
  | 'RUN_PAUSED'
  | 'TOOL_INVOKED'
  | 'TOOL_COMPLETED'
  | 'LLM_REQUEST'
  | 'LLM_RESPONSE'
  | 'RUN_COMPLETE'
  | 'RUN_FAILED'
  | 'RUN_CANCELLED';

interface Told {
  readonly id: number;
  readonly at: number;
  readonly eventType: EventType;
  readonly payload: Readonly<Record<string, unknown>>;
}

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** A model call is told by where it begins and where it ends, and both may be in one event. */
const idOf = (seq: number, part: 0 | 1 = 0) => 2 * seq + part;
export const lastIdOf = (seq: number) => idOf(seq, 1);

const belongsToTool = (event: RunEvent) =>
  event.type === 'tool.started' ||
  event.type === 'tool.failed' ||
  event.type === 'approval.requested';

const endsStep = (event: RunEvent) =>
  event.type === 'step.started' ||
  event.type === 'approval.requested' ||
  event.type === 'followups' ||
  event.type === 'run.completed' ||
  event.type === 'run.failed' ||
  event.type === 'run.cancelled';

/**
 * One run in the words of Operativus' timeline. What a step is shows in what follows, so that a reader
 * is told from the run's first event on, and what it has seen already is left out.
 */
export class Timeline implements EventTranslation {
  readonly #run: Run;
  readonly #sinceId: number;
  readonly #invokedAt = new Map<string, number>();
  #asked: EventOf<'approval.requested'> | undefined;
  /** A step that may be a model call. */
  #step: EventOf<'step.started'> | undefined;
  #isModelCall = false;
  /** The next step makes, or leaves, the call that was decided on. */
  #isResumed = false;

  constructor(run: Run, sinceId: number) {
    this.#run = run;
    this.#sinceId = sinceId;
  }

  frames(events: readonly RunEvent[]): string {
    return events
      .flatMap((event) => [...this.#modelCall(event), ...this.#tell(event)])
      .filter(({ id }) => id > this.#sinceId)
      .map((told) => this.#frame(told))
      .join('');
  }

  #frame({ id, at, eventType, payload }: Told): string {
    const { agentId, sessionId, orgId, origin } = this.#run;
    const data = {
      id,
      eventType,
      type: eventType,
      runId: wireId(this.#run.id),
      agentId,
      parentRunId: origin ? wireId(origin.runId) : null,
      sessionId,
      orgId,
      orchestrationDepth: 0,
      payload,
      eventTs: iso(at),
    };
    return frame({ id, event: eventType, data });
  }

  /** What the event says of the step that it follows. */
  #modelCall(event: RunEvent): Told[] {
    const told: Told[] = [];
    const payload = { model: this.#run.model };
    if (this.#step !== undefined && !this.#isModelCall && !belongsToTool(event)) {
      const { seq, at } = this.#step;
      told.push({ id: idOf(seq), at, eventType: 'LLM_REQUEST', payload });
      this.#isModelCall = true;
    }
    if (this.#step !== undefined && this.#isModelCall && endsStep(event)) {
      const id = idOf(this.#step.seq, 1);
      told.push({ id, at: event.at, eventType: 'LLM_RESPONSE', payload });
    }
    if (belongsToTool(event) || endsStep(event) || event.type === 'step.reset') this.#noStep();
    if (event.type === 'run.resumed') this.#isResumed = true;
    if (event.type === 'step.started') {
      this.#step = this.#isResumed ? undefined : event;
      this.#isResumed = false;
    }
    return told;
  }

  #noStep(): void {
    this.#step = undefined;
    this.#isModelCall = false;
  }

  #tell(event: RunEvent): Told[] {
    const one = (eventType: EventType, payload: Told['payload']): Told[] => [
      { id: idOf(event.seq), at: event.at, eventType, payload },
    ];
    switch (event.type) {
      case 'run.started':
        return one('RUN_START', { model: this.#run.model });
      case 'approval.requested':
        this.#asked = event;
        return [];
      case 'run.paused':
        return one('RUN_PAUSED', this.#pauseOf(event));
      case 'tool.started':
        this.#invokedAt.set(event.data.toolCallId, event.at);
        return one('TOOL_INVOKED', { ...named(event), arguments: event.data.arguments });
      case 'tool.completed':
        return one('TOOL_COMPLETED', {
          ...named(event),
          ...this.#took(event),
          isError: false,
          result: event.data.result,
        });
      case 'tool.failed':
        return one('TOOL_COMPLETED', {
          ...named(event),
          ...this.#took(event),
          isError: true,
          error: event.data.message,
        });
      case 'run.completed':
        return one('RUN_COMPLETE', {});
      case 'run.failed':
        return one('RUN_FAILED', { errorType: event.data.code, errorMessage: event.data.message });
      case 'run.cancelled':
        return one('RUN_CANCELLED', { reason: event.data.reason });
      default:
        return [];
    }
  }

  #pauseOf({ data: { next } }: EventOf<'run.paused'>): Told['payload'] {
    if (this.#asked === undefined || next !== undefined) return {};
    const { data } = this.#asked;
    return toRequiredAction({ ...data, expiresAt: Date.parse(data.expiresAt) });
  }

  #took({ at, data }: EventOf<'tool.completed' | 'tool.failed'>) {
    const since = this.#invokedAt.get(data.toolCallId);
    return since === undefined ? {} : { durationMs: at - since };
  }
}

const named = ({ data }: EventOf<'tool.started' | 'tool.completed' | 'tool.failed'>) => ({
  toolName: data.tool,
  toolCallId: data.toolCallId,
});
