import type { Answer, CallOptions, Client, Method } from './client.ts';
import { deadlineSeconds, eventually } from './eventually.ts';
import { endLater } from './runs.ts';
import { Job, Refusal, SubmittedJob } from './wire-of-praisonai.ts';

export const jobs = '/api/v1/runs';
export const jobPath = (id: string) => `${jobs}/${id}`;

export interface JobRequest {
  readonly prompt: string;
  readonly agent_file?: string;
  readonly session_id?: string;
  readonly timeout?: number;
  readonly idempotency_key?: string;
}

export async function submittedJob(
  client: Client,
  request: JobRequest,
  headers: CallOptions['headers'] = {},
) {
  const options = { json: request, headers };
  const answer = await client.answered(202, SubmittedJob, 'POST', jobs, options);
  const agentId = (request.agent_file ?? 'finance_agent').replace('.yaml', '');
  endLater(client, { id: answer.body.job_id, agentId });
  return answer;
}

export const submitJob = async (client: Client, request: JobRequest): Promise<string> =>
  (await submittedJob(client, request)).body.job_id;

export const jobOf = async (client: Client, id: string): Promise<Job> =>
  (await client.call(Job, 'GET', jobPath(id))).body;

/** @throws when it comes to another end, or does not come there in time */
export const untilJobIs = (client: Client, id: string, status: Job['status']): Promise<Job> =>
  eventually(`${id} is ${status} (${deadlineSeconds} s)`, async () => {
    const job = await jobOf(client, id);
    if (job.status === status) return job;
    if (job.completed_at !== null) throw new Error(`${id} became ${JSON.stringify(job)}`);
    return undefined;
  });

/** @throws unless the answer is a refusal of this dialect with this status */
export const jobRefused = (
  client: Client,
  status: number,
  method: Method,
  path: string,
  options?: CallOptions,
): Promise<Answer<Refusal>> => client.answered(status, Refusal, method, path, options);
