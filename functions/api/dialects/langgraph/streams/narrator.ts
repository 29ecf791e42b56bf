import {
  type AiMessage,
  aiMessageId,
  type ContentBlock,
  type LangChainMessage,
  toChunk,
} from '../messages/messages.ts';
import { toWireError } from '../runs/run-failure.ts';
import { type AskedApproval, toInterrupt } from '../state/interrupts.ts';
import { GraphEvents } from './graph-events.ts';
import type { SpokenSoFar } from './spoken-so-far.ts';
import type { StreamPart } from './stream-part.ts';
import type { Node, StreamedRun } from './streamed-run.ts';
import { Supersteps } from './supersteps.ts';

export interface EndedStep {
  readonly step: number;
  readonly node: Node;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly added: readonly LangChainMessage[];
  readonly spoken: SpokenSoFar;
}

type Messages = readonly LangChainMessage[];

/** What there is to say in each mode, in the order in which LangGraph says it. */
export class Narrator {
  readonly #run: StreamedRun;
  readonly #events: GraphEvents;
  readonly #supersteps: Supersteps;

  constructor(run: StreamedRun) {
    this.#run = run;
    this.#events = new GraphEvents(run);
    this.#supersteps = new Supersteps(run);
  }

  metadata(): StreamPart {
    return { event: 'metadata', data: { run_id: this.#run.id, attempt: 1 } };
  }

  begin(messages: Messages, at: number): StreamPart[] {
    return [
      values({ messages }),
      ...this.#supersteps.checkpoint({ step: 0, at, messages, source: 'input', next: ['agent'] }),
      this.#events.graph('on_chain_start', { input: { messages } }),
    ];
  }

  beginTask(step: number, node: Node, messages: Messages, at: number): StreamPart[] {
    const model = this.#events.model('on_chat_model_start', step, {
      input: { messages: [messages] },
    });
    return [
      ...this.#supersteps.task(step, node, messages, at),
      ...(node === 'agent' ? [model] : []),
    ];
  }

  toolStarted(
    step: number,
    call: { toolCallId: string; tool: string; arguments: unknown },
  ): StreamPart {
    return this.#events.tool('on_tool_start', step, call, { input: call.arguments });
  }

  speak(
    step: number,
    block: ContentBlock,
    blocks: readonly ContentBlock[],
    isFirst: boolean,
  ): StreamPart[] {
    const id = this.#aiId(step);
    const chunk = toChunk(id, { content: [block] });
    return [
      ...(isFirst ? [this.#messagesMetadata(id, step, 'agent')] : []),
      partial(toAiSoFar(id, blocks)),
      this.#tuple(chunk, step, 'agent'),
      this.#events.model('on_chat_model_stream', step, { chunk }),
    ];
  }

  /** `remove` is LangChain's word for a message that is void; the same id then comes anew. */
  takeBack(step: number): StreamPart[] {
    const id = this.#aiId(step);
    const removed = {
      content: '',
      additional_kwargs: {},
      response_metadata: {},
      type: 'remove',
      name: null,
      id,
    };
    return [partial(toAiSoFar(id, [])), this.#tuple(removed, step, 'agent')];
  }

  endStep(ended: EndedStep, messages: Messages): StreamPart[] {
    const { step, node, at, added } = ended;
    const next = nextNodes(messages);
    return [
      ...added.flatMap((message) => this.#endMessage(message, ended)),
      ...this.#supersteps.taskResult(step, node, { messages: added }, at),
      { mode: 'updates', event: 'updates', data: { [node]: { messages: added } } },
      values({ messages }),
      ...this.#supersteps.checkpoint({ step, at, messages, source: 'loop', next }),
    ];
  }

  interrupt(step: number, asked: AskedApproval, messages: Messages, at: number): StreamPart[] {
    const interrupts = [toInterrupt(asked)];
    return [
      ...this.#supersteps.taskInterrupted(step, interrupts, at),
      { mode: 'updates', event: 'updates', data: { __interrupt__: interrupts } },
      values({ messages, __interrupt__: interrupts }),
    ];
  }

  complete(messages: Messages, structured: unknown): StreamPart[] {
    const output = {
      messages,
      ...(structured === undefined ? {} : { structured_response: structured }),
    };
    return [
      ...(structured === undefined ? [] : [values(output)]),
      this.#events.graph('on_chain_end', { output }),
    ];
  }

  fail(failure: Parameters<typeof toWireError>[0]): StreamPart {
    return { event: 'error', data: toWireError(failure) };
  }

  #endMessage(message: LangChainMessage, { step, node, spoken }: EndedStep): StreamPart[] {
    const isTold = message.id === this.#aiId(step) && !spoken.isEmpty;
    return [
      ...(isTold ? [] : [this.#messagesMetadata(message.id, step, node)]),
      { mode: 'messages', event: 'messages/complete', data: [message] },
      ...this.#lastTuples(message, step, node, isTold ? spoken : undefined),
      ...this.#events.messageEnd(message, step),
    ];
  }

  /** What the pieces so far lack; all of the message where they are not its beginning. */
  #lastTuples(
    message: LangChainMessage,
    step: number,
    node: Node,
    spoken: SpokenSoFar | undefined,
  ): StreamPart[] {
    if (message.type !== 'ai') return [this.#tuple(message, step, node)];
    const isSpoken = spoken?.isAllOf(message.content) ?? false;
    const takenBack = spoken === undefined || isSpoken ? [] : this.takeBack(step).slice(1);
    return [...takenBack, this.#tuple(lastChunk(message, isSpoken), step, node)];
  }

  #messagesMetadata(id: string, step: number, node: Node): StreamPart {
    const metadata = this.#supersteps.metadata(step, node);
    return { mode: 'messages', event: 'messages/metadata', data: { [id]: { metadata } } };
  }

  #tuple(message: object, step: number, node: Node): StreamPart {
    const data = [message, this.#supersteps.metadata(step, node)];
    return { mode: 'messages-tuple', event: 'messages', data };
  }

  #aiId(step: number): string {
    return aiMessageId({ runId: this.#run.runId, step });
  }
}

const values = (data: object): StreamPart => ({ mode: 'values', event: 'values', data });

const partial = (message: AiMessage): StreamPart => ({
  mode: 'messages',
  event: 'messages/partial',
  data: [message],
});

const toAiSoFar = (id: string, content: readonly ContentBlock[]): AiMessage => ({
  type: 'ai',
  content: [...content],
  additional_kwargs: {},
  response_metadata: {},
  name: null,
  id,
  tool_calls: [],
  invalid_tool_calls: [],
  usage_metadata: null,
});

function lastChunk(message: AiMessage, isSpoken: boolean) {
  const { id, content, tool_calls, invalid_tool_calls, usage_metadata, response_metadata } =
    message;
  return toChunk(id, {
    content: isSpoken ? [] : content,
    tool_calls,
    invalid_tool_calls,
    usage_metadata,
    response_metadata,
    chunk_position: 'last',
  });
}

/** Calls that the model has asked for and that have no answer yet. */
function nextNodes(messages: Messages): Node[] {
  const last = messages.at(-1);
  if (last?.type === 'tool') {
    const asked = messages.findLast(({ type }) => type === 'ai');
    const calls = asked?.type === 'ai' ? asked.tool_calls.length : 0;
    const answered = messages.length - 1 - messages.findLastIndex(({ type }) => type === 'ai');
    return answered < calls ? ['tools'] : ['agent'];
  }
  return last?.type === 'ai' && last.tool_calls.length > 0 ? ['tools'] : [];
}
