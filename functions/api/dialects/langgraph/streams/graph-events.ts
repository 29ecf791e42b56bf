import { v5 as uuidv5 } from 'uuid';
import type { LangChainMessage } from '../messages/messages.ts';
import type { StreamPart } from './stream-part.ts';
import type { StreamedRun } from './streamed-run.ts';

const namespace = '9f8e1c44-2a0d-5c8b-b9a7-6a1f0c2d3e4f';

interface Call {
  readonly toolCallId: string;
  readonly tool: string;
}

type Suffix = 'start' | 'stream' | 'end';

/** LangChain's own events, version 2: those of the graph, of its model and of its tools. */
export class GraphEvents {
  readonly #run: StreamedRun;

  constructor(run: StreamedRun) {
    this.#run = run;
  }

  graph(event: `on_chain_${Suffix}`, data: object): StreamPart {
    return this.#part(event, this.#run.agentId, this.#run.id, data, {});
  }

  model(event: `on_chat_model_${Suffix}`, step: number, data: object): StreamPart {
    return this.#inNode(event, 'model', `model/${step}`, data, step, 'agent');
  }

  tool(
    event: `on_tool_${Suffix}`,
    step: number,
    { toolCallId, tool }: Call,
    data: object,
  ): StreamPart {
    return this.#inNode(event, tool, `tool/${toolCallId}`, data, step, 'tools');
  }

  /** What ends with a message. */
  messageEnd(message: LangChainMessage, step: number): StreamPart[] {
    if (message.type === 'ai') return [this.model('on_chat_model_end', step, { output: message })];
    if (message.type !== 'tool') return [];
    const call = { toolCallId: message.tool_call_id, tool: message.name ?? '' };
    return [this.tool('on_tool_end', step, call, { output: message })];
  }

  #inNode(
    event: string,
    name: string,
    place: string,
    data: object,
    step: number,
    node: 'agent' | 'tools',
  ): StreamPart {
    const id = uuidv5(`${this.#run.runId}/${place}`, namespace);
    return this.#part(event, name, id, data, { langgraph_step: step, langgraph_node: node });
  }

  #part(event: string, name: string, runId: string, data: object, more: object): StreamPart {
    const { id, threadId, assistantId, agentId } = this.#run;
    const metadata = {
      run_id: id,
      thread_id: threadId,
      assistant_id: assistantId,
      graph_id: agentId,
      ...more,
    };
    const parent_ids = runId === id ? [] : [id];
    return {
      mode: 'events',
      event: 'events',
      data: { event, name, run_id: runId, tags: [], metadata, data, parent_ids },
    };
  }
}
