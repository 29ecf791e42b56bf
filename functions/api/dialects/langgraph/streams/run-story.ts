import type { RunEvent } from '#core/run/run-event.ts';
import type { HumanMessage, LangChainMessage } from '../messages/messages.ts';
import { Narrator } from './narrator.ts';
import { SpokenSoFar } from './spoken-so-far.ts';
import type { StreamPart } from './stream-part.ts';
import type { StreamedRun } from './streamed-run.ts';

/** What a step has left in its checkpoint. */
export interface StepView {
  readonly step: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly messages: readonly LangChainMessage[];
}

/** What an event makes known that is not in it. */
export interface EventViews {
  /** The thread before the run, once it has started. */
  readonly history?: readonly LangChainMessage[];
  /** The answer as data, of a completed run that has one. */
  readonly structured?: unknown;
  /** The steps that have ended by then and were not told yet. */
  readonly steps: readonly StepView[];
}

interface StepInHand {
  readonly step: number;
  readonly spoken: SpokenSoFar;
  node: 'agent' | 'tools' | undefined;
}

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/**
 * A run as LangGraph's streams tell it: a function of its events, in their order, and of the
 * checkpoints that they make known, so that it is told alike however often and from wherever.
 */
export class RunStory {
  readonly #run: StreamedRun;
  readonly #narrator: Narrator;
  readonly #question: HumanMessage | undefined;
  #messages: LangChainMessage[] = [];
  #now: StepInHand;
  #approval: EventOf<'approval.requested'>['data'] | undefined;
  #pauses = 0;
  #hasStarted = false;
  #hasEnded = false;

  /** @param question `undefined` where the run only goes on with what its thread was left with */
  constructor(run: StreamedRun, question: HumanMessage | undefined) {
    this.#run = run;
    this.#narrator = new Narrator(run);
    this.#question = question;
    this.#now = this.#begin(0);
  }

  /** Nothing more is to be told: it has ended, or waits for a person. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The newest step that has begun. */
  get step(): number {
    return this.#now.step;
  }

  tell(event: RunEvent, views: EventViews): StreamPart[] {
    // What was before the decision that this run of LangGraph begins with, another one has told.
    const isOwn = this.#pauses >= this.#run.pausesBefore;
    const parts = [
      ...views.steps.flatMap((step) => this.#endStep(step)),
      ...this.#tell(event, views),
    ];
    return isOwn ? parts : [];
  }

  #tell(event: RunEvent, views: EventViews): StreamPart[] {
    switch (event.type) {
      case 'run.queued':
        return [this.#narrator.metadata()];
      case 'run.started':
        return this.#start(event, views);
      case 'run.resumed':
        return this.#startsAnew
          ? [this.#narrator.metadata(), ...this.#narrator.begin(this.#messages, event.at)]
          : [];
      case 'approval.requested':
        this.#approval = event.data;
        return [];
      case 'run.paused':
        return this.#pause(event);
      case 'run.completed':
      case 'run.failed':
      case 'run.cancelled':
        return this.#end(event, views);
      default:
        return this.#tellWork(event);
    }
  }

  #tellWork(event: RunEvent): StreamPart[] {
    switch (event.type) {
      case 'step.started':
      case 'step.reset':
        return this.#startStep(event.data.step);
      case 'text.delta':
        return this.#speak('text', event.data.text, event.at);
      case 'reasoning.delta':
        return this.#speak('reasoning', event.data.text, event.at);
      case 'tool.started':
        return [
          ...this.#beginTask('tools', event.at),
          this.#narrator.toolStarted(this.#now.step, event.data),
        ];
      case 'progress':
        return [{ mode: 'custom', event: 'custom', data: event.data }];
      default:
        return [];
    }
  }

  get #startsAnew(): boolean {
    return this.#run.pausesBefore > 0 && this.#pauses === this.#run.pausesBefore;
  }

  #begin(step: number): StepInHand {
    return { step, spoken: new SpokenSoFar(), node: undefined };
  }

  #start({ at }: RunEvent, { history = [] }: EventViews): StreamPart[] {
    // A run that is started again has told what it began with.
    if (this.#hasStarted) return [];
    this.#hasStarted = true;
    this.#messages = this.#question ? [...history, this.#question] : [...history];
    return this.#narrator.begin(this.#messages, at);
  }

  /** Where a step begins again, what it has said is void. */
  #startStep(step: number): StreamPart[] {
    const before = this.#now;
    this.#now = this.#begin(step);
    if (step !== before.step) return [];
    this.#now.node = before.node;
    return before.spoken.isEmpty ? [] : this.#narrator.takeBack(step);
  }

  #speak(type: 'text' | 'reasoning', text: string, at: number): StreamPart[] {
    const { step, spoken } = this.#now;
    const begun = this.#beginTask('agent', at);
    const isFirst = spoken.isEmpty;
    const block = spoken.add(type, text);
    return [...begun, ...this.#narrator.speak(step, block, spoken.blocks, isFirst)];
  }

  #beginTask(node: 'agent' | 'tools', at: number): StreamPart[] {
    if (this.#now.node !== undefined) return [];
    this.#now.node = node;
    return this.#narrator.beginTask(this.#now.step, node, this.#messages, at);
  }

  #endStep({ step, at, messages }: StepView): StreamPart[] {
    const known = new Set(this.#messages.map(({ id }) => id));
    const added = messages.filter(({ id }) => !known.has(id));
    if (added.length === 0) return [];
    if (this.#now.step !== step) this.#now = this.#begin(step);
    const node = added.some(({ type }) => type === 'tool') ? 'tools' : 'agent';
    const begun = this.#beginTask(node, at);
    this.#messages = [...this.#messages, ...added];
    const { spoken } = this.#now;
    return [...begun, ...this.#narrator.endStep({ step, node, at, added, spoken }, this.#messages)];
  }

  #pause({ at }: EventOf<'run.paused'>): StreamPart[] {
    this.#pauses += 1;
    this.#hasEnded = this.#pauses > this.#run.pausesBefore;
    const approval = this.#approval;
    this.#approval = undefined;
    if (approval === undefined) return [];
    const begun = this.#beginTask('tools', at);
    return [...begun, ...this.#narrator.interrupt(this.#now.step, approval, this.#messages, at)];
  }

  #end(
    event: EventOf<'run.completed' | 'run.failed' | 'run.cancelled'>,
    { structured }: EventViews,
  ): StreamPart[] {
    this.#hasEnded = true;
    if (event.type === 'run.cancelled') return [];
    if (event.type === 'run.completed') return this.#narrator.complete(this.#messages, structured);
    return [this.#narrator.fail(event.data)];
  }
}
