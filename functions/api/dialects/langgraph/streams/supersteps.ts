import type { LangChainMessage } from '../messages/messages.ts';
import { checkpointIdOf } from '../state/checkpoint-id.ts';
import type { Interrupt } from '../state/interrupts.ts';
import { taskIdOf } from '../state/task-id.ts';
import type { StreamPart } from './stream-part.ts';
import type { Node, StreamedRun } from './streamed-run.ts';

interface Snapshot {
  readonly step: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly messages: readonly LangChainMessage[];
  readonly source: 'input' | 'loop';
  readonly next: readonly Node[];
}

/** The graph's own view of a run: tasks, their results, and checkpoints; `debug` has them all. */
export class Supersteps {
  readonly #run: StreamedRun;
  #checkpointStep: number | undefined;

  constructor(run: StreamedRun) {
    this.#run = run;
  }

  task(step: number, node: Node, messages: readonly LangChainMessage[], at: number): StreamPart[] {
    const payload = {
      id: this.#taskId(step, node),
      name: node,
      input: { messages },
      triggers: [trigger(node)],
      interrupts: [],
    };
    return both('tasks', 'task', step, at, payload);
  }

  taskResult(step: number, node: Node, result: object, at: number): StreamPart[] {
    const payload = {
      id: this.#taskId(step, node),
      name: node,
      error: null,
      result,
      interrupts: [],
    };
    return both('tasks', 'task_result', step, at, payload);
  }

  taskInterrupted(step: number, interrupts: readonly Interrupt[], at: number): StreamPart[] {
    const id = this.#taskId(step, 'tools');
    const payload = { id, name: 'tools', error: null, result: {}, interrupts };
    return both('tasks', 'task_result', step, at, payload);
  }

  checkpoint({ step, at, messages, source, next }: Snapshot): StreamPart[] {
    const parent = this.#checkpointStep;
    this.#checkpointStep = step;
    const payload = {
      config: this.#configOf(step),
      parent_config: parent === undefined ? null : this.#configOf(parent),
      values: { messages },
      metadata: {
        source,
        step,
        parents: {},
        run_id: this.#run.id,
        thread_id: this.#run.threadId,
      },
      next,
      tasks: next.map((name) => ({
        id: this.#taskId(step + 1, name),
        name,
        interrupts: [],
        state: null,
      })),
    };
    return both('checkpoints', 'checkpoint', step, at, payload);
  }

  /** Of a message: which node of which graph it comes from. */
  metadata(step: number, node: Node) {
    const { id, threadId, assistantId, agentId } = this.#run;
    return {
      run_id: id,
      thread_id: threadId,
      assistant_id: assistantId,
      graph_id: agentId,
      run_attempt: 1,
      langgraph_step: step,
      langgraph_node: node,
      langgraph_triggers: [trigger(node)],
      langgraph_path: ['__pregel_pull', node],
      langgraph_checkpoint_ns: `${node}:${this.#taskId(step, node)}`,
    };
  }

  #configOf(step: number) {
    const { threadId, runId } = this.#run;
    const checkpoint_id = checkpointIdOf({ runId, step });
    return { configurable: { thread_id: threadId, checkpoint_ns: '', checkpoint_id } };
  }

  #taskId(step: number, node: Node): string {
    return taskIdOf({ runId: this.#run.runId, step }, node);
  }
}

const trigger = (node: Node) => `branch:to:${node}`;

function both(
  mode: 'tasks' | 'checkpoints',
  type: 'task' | 'task_result' | 'checkpoint',
  step: number,
  at: number,
  payload: object,
): StreamPart[] {
  const timestamp = new Date(at).toISOString();
  return [
    { mode, event: mode, data: payload },
    { mode: 'debug', event: 'debug', data: { step, timestamp, type, payload } },
  ];
}
