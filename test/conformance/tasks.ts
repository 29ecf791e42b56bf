import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { finance, question } from './agents.ts';
import type { Answer, CallOptions, Client, Method } from './client.ts';
import { deadlineSeconds, eventually } from './eventually.ts';
import { endLater } from './runs.ts';
import { Refusal, Task, TaskPage, Unprocessable } from './wire-of-tasks.ts';

export interface SpawnRequest {
  readonly workspace_id: string;
  readonly conversation_id: string;
  readonly task_type: string;
  readonly prompt: string;
  readonly target_document_id?: string;
}

/** A task that is done in no time, in a workspace of its own. */
export const aTask = (overrides: Partial<SpawnRequest> = {}): SpawnRequest => ({
  workspace_id: randomUUID(),
  conversation_id: randomUUID(),
  task_type: finance,
  prompt: question,
  ...overrides,
});

/** @throws unless the answer has this status and is as documented */
export async function asked<S extends z.ZodType>(
  client: Client,
  status: number,
  schema: S,
  method: Method,
  path: string,
  options: CallOptions = {},
): Promise<Answer<z.output<S>>> {
  const response = await client.send(method, path, options);
  const text = await response.text();
  const type = response.headers.get('Content-Type')?.split(';')[0];
  if (response.status !== status || type !== 'application/json')
    throw new Error(`${method} ${path} answers ${response.status} ${type}:\n${text}`);
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success)
    throw new Error(`${method} ${path} answers\n${text}\n${z.prettifyError(parsed.error)}`);
  return { status, headers: response.headers, body: parsed.data };
}

export async function spawned(
  client: Client,
  request: SpawnRequest,
  headers: CallOptions['headers'] = {},
): Promise<Answer<Task>> {
  const options = { json: request, headers };
  const answer = await asked(client, 201, Task, 'POST', '/api/tasks/spawn', options);
  endLater(client, { id: answer.body.id, agentId: answer.body.task_type });
  return answer;
}

export const spawn = async (client: Client, request: Partial<SpawnRequest> = {}): Promise<Task> =>
  (await spawned(client, aTask(request))).body;

export const getTask = async (client: Client, { id }: Pick<Task, 'id'>): Promise<Task> =>
  (await asked(client, 200, Task, 'GET', `/api/tasks/${id}`)).body;

export const cancelTask = async (client: Client, { id }: Pick<Task, 'id'>): Promise<Task> =>
  (await asked(client, 200, Task, 'POST', `/api/tasks/${id}/cancel`)).body;

export const listTasks = async (
  client: Client,
  query: Readonly<Record<string, string>>,
): Promise<TaskPage> => {
  const path = `/api/tasks?${new URLSearchParams(query)}`;
  return (await asked(client, 200, TaskPage, 'GET', path)).body;
};

/** @throws unless it is refused with a text */
export const refusedTask = async (
  client: Client,
  status: number,
  ...request: [Method, string, CallOptions?]
): Promise<string> => (await asked(client, status, Refusal, ...request)).body.detail;

/** @throws unless it is refused with 422. @returns where in the request something is wrong */
export async function unprocessable(
  client: Client,
  ...request: [Method, string, CallOptions?]
): Promise<{ at: string[]; says: string }> {
  const { body } = await asked(client, 422, Unprocessable, ...request);
  return {
    at: body.detail.map(({ loc }) => loc.join('.')),
    says: body.detail.map(({ msg }) => msg).join(),
  };
}

/** @throws where it comes to another end */
export const untilTask = <Status extends Task['status']>(
  client: Client,
  task: Pick<Task, 'id'>,
  status: Status,
): Promise<Extract<Task, { status: Status }>> =>
  eventually(`task ${task.id} is ${status} (${deadlineSeconds} s)`, async () => {
    const now = await getTask(client, task);
    if (isIn(now, status)) return now;
    if (now.completed_at !== null) throw new Error(`The task became ${JSON.stringify(now)}`);
    return undefined;
  });

const isIn = <Status extends Task['status']>(
  task: Task,
  status: Status,
): task is Extract<Task, { status: Status }> => task.status === status;
