import { randomUUID } from 'node:crypto';
import type { Answer, CallOptions, Client } from './client.ts';
import { deadlineSeconds, eventually } from './eventually.ts';
import { AgentRun, RunResponse, type RunStatus, SubmittedRun } from './wire.ts';
import { RunDetail } from './wire-of-longrun.ts';

export interface RunRequest {
  readonly message: string;
  readonly sessionId?: string | undefined;
  readonly userId?: string;
  readonly orgId?: string;
  readonly generateFollowups?: boolean;
  readonly media?: readonly { readonly type: string; readonly data: string }[];
  readonly options?: { model?: string; temperature?: number; maxTokens?: number };
}

type Headers = CallOptions['headers'];
export type Run = Pick<AgentRun, 'id' | 'agentId'>;
type RunIn<Status extends RunStatus> = Extract<AgentRun, { status: Status }>;
type Settled = Exclude<RunResponse, { status: 'QUEUED' | 'RUNNING' }>;

const runsOf = (agentId: string) => `/api/agents/${agentId}/runs`;
export const pathOf = (run: Run) => `${runsOf(run.agentId)}/${run.id}`;

const unfinished = new Map<string, { client: Client; path: string }>();

/** Ends what the cases so far left running or paused, so that it holds no slot of the tenant. */
export async function cancelUnfinished(): Promise<void> {
  const left = [...unfinished.values()];
  unfinished.clear();
  await Promise.all(left.map(({ client, path }) => client.send('DELETE', path)));
}

/** Has a run, however it was submitted, ended with the cases. */
export function endLater(client: Client, run: Run): void {
  unfinished.set(run.id, { client, path: pathOf(run) });
}

export async function submitted(
  client: Client,
  agentId: string,
  request: RunRequest,
  headers: Headers = {},
): Promise<Answer<Run>> {
  const answer = await client.call(SubmittedRun, 'POST', `${runsOf(agentId)}/background`, {
    json: request,
    headers,
  });
  const run = { id: answer.body.runId, agentId };
  endLater(client, run);
  return { ...answer, body: run };
}

export async function submit(client: Client, agentId: string, request: RunRequest): Promise<Run> {
  return (await submitted(client, agentId, request)).body;
}

export async function ran(
  client: Client,
  agentId: string,
  request: RunRequest,
  headers: Headers = {},
): Promise<Answer<RunResponse>> {
  const answer = await client.call(RunResponse, 'POST', runsOf(agentId), {
    json: request,
    headers,
  });
  endLater(client, { id: answer.body.runId, agentId });
  return answer;
}

/** Runs synchronously; where the target stops waiting, the same request is repeated. */
export async function run(client: Client, agentId: string, request: RunRequest): Promise<Settled> {
  const headers = { 'Idempotency-Key': randomUUID() };
  return untilSettled(() => ran(client, agentId, request, headers));
}

export type Action = 'APPROVE' | 'REJECT';

export const decided = (client: Client, run: Run, action: Action, headers: Headers = {}) =>
  client.call(RunResponse, 'POST', `${pathOf(run)}/continue`, { json: { action }, headers });

/** Decides; where the target stops waiting for what follows, the same decision is repeated. */
export async function decide(client: Client, run: Run, action: Action): Promise<Settled> {
  const headers = { 'Idempotency-Key': randomUUID() };
  return untilSettled(() => decided(client, run, action, headers));
}

const untilSettled = (request: () => Promise<Answer<RunResponse>>): Promise<Settled> =>
  eventually('the run has settled', async () => {
    const { body } = await request();
    return hasSettled(body) ? body : undefined;
  });

const hasSettled = (response: RunResponse): response is Settled =>
  response.status !== 'QUEUED' && response.status !== 'RUNNING';

export async function cancel(client: Client, run: Run): Promise<Response> {
  const response = await client.send('DELETE', pathOf(run));
  unfinished.delete(run.id);
  return response;
}

export async function statusOf(client: Client, run: Run): Promise<AgentRun> {
  const { body } = await client.call(AgentRun, 'GET', `${pathOf(run)}/status`);
  if (body.completedAt !== null) unfinished.delete(body.id);
  return body;
}

export async function detailOf(client: Client, run: Run) {
  return (await client.call(RunDetail, 'GET', `/api/runs/${run.id}`)).body;
}

/** @throws when the run comes to another end, or does not come there in time */
export async function untilIs<Status extends RunStatus>(
  client: Client,
  run: Run,
  status: Status,
): Promise<RunIn<Status>> {
  return eventually(`${run.id} is ${status} (${deadlineSeconds} s)`, async () => {
    const now = await statusOf(client, run);
    if (isIn(now, status)) return now;
    if (now.completedAt !== null)
      throw new Error(`${run.id} became ${JSON.stringify(now)} instead of ${status}`);
    return undefined;
  });
}

const isIn = <Status extends RunStatus>(run: AgentRun, status: Status): run is RunIn<Status> =>
  run.status === status;
