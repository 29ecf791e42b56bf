import * as z from 'zod';
import type { StepInput, StepResult } from '#core/run/agents.ts';
import type { LoopAgent } from '../agent-loop.ts';
import { firstState, LoopState } from '../agent-state.ts';

/** A task with the loop that works on it. */
export interface LoopTask {
  readonly id: string;
  readonly title: string;
  readonly context: readonly string[] | undefined;
  readonly loop: LoopAgent;
  /** One step of that loop. */
  take(loop: LoopAgent, input: StepInput): Promise<StepResult>;
}

const TasksState = z.object({
  version: z.literal(1),
  /** The task in hand. */
  task: z.string(),
  /** How many of the run's messages belong to the tasks before it. */
  from: z.number(),
  results: z.array(z.object({ task: z.string(), title: z.string(), content: z.string() })),
  loop: LoopState,
});
type TasksState = z.infer<typeof TasksState>;

/** One step of the task in hand. A task that is done hands over to the next, the last one ends the run. */
export async function stepTasks(tasks: readonly LoopTask[], input: StepInput): Promise<StepResult> {
  const state = input.state ? TasksState.parse(input.state) : beginning(tasks);
  const index = tasks.findIndex(({ id }) => id === state.task);
  const task = tasks[index];
  if (task === undefined) return noSuchTask(state);
  const messages = input.messages.slice(state.from);
  if (messages.length === 0 && tasks.length > 1)
    input.emit({
      type: 'progress',
      data: { phase: task.title, percentage: Math.round((100 * index) / tasks.length) },
    });
  const next = tasks[index + 1];
  const result = await task.take(filled(task.loop, input.request.message), {
    ...input,
    messages,
    state: state.loop,
    request: {
      ...input.request,
      message: messageFor(task, state, input.request.message),
      generateFollowups: input.request.generateFollowups && next === undefined,
    },
  });
  const loop = LoopState.parse(result.state);
  if (result.outcome.kind !== 'done' || next === undefined)
    return { ...result, state: { ...state, loop } };
  const { content } = result.outcome.output;
  const handedOver: TasksState = {
    ...state,
    task: next.id,
    from: input.messages.length + result.appended.length,
    results: [...state.results, { task: task.id, title: task.title, content }],
    loop: { ...firstState, modelCalls: loop.modelCalls },
  };
  return { ...result, outcome: { kind: 'continue' }, state: handedOver };
}

const beginning = (tasks: readonly LoopTask[]): TasksState => ({
  version: 1,
  task: tasks[0]?.id ?? '',
  from: 0,
  results: [],
  loop: firstState,
});

/** The message of a run is the topic of its tasks. */
const filled = (loop: LoopAgent, topic: string): LoopAgent => ({
  ...loop,
  definition: {
    ...loop.definition,
    instructions: loop.definition.instructions.replace(
      /\{\{\s*(?:topic|input)\s*\}\}|\{(?:topic|input)\}/g,
      () => topic,
    ),
  },
});

function messageFor({ context }: LoopTask, { results }: TasksState, message: string): string {
  const given = results.filter(({ task }) => context?.includes(task) ?? true);
  const parts = given.map(({ title, content }) => `## ${title}\n\n${content}`);
  return parts.length === 0 ? message : [message, '# Results so far', ...parts].join('\n\n');
}

const noSuchTask = (state: TasksState): StepResult => ({
  outcome: {
    kind: 'fail',
    error: {
      code: 'agent_error',
      message: `The agent has changed: it has no task ${state.task} any more.`,
    },
  },
  state,
  appended: [],
  usage: { inputTokens: 0, outputTokens: 0 },
});
