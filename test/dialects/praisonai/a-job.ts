import * as z from 'zod';
import type { AgentDefinition } from '#agent/define-agent.ts';
import { echoAgent, workingAgent } from '../../builders/an-agent.ts';
import { anApi } from '../../builders/an-api.ts';
import type { ApiEventOptions } from '../../builders/an-api-event.ts';

export const jobs = '/api/v1/runs';

const Submitted = z.object({ job_id: z.string() });
const Status = z.looseObject({ status: z.string() });

type ApiOptions = Parameters<typeof anApi>[0];

/** The API as a client of PraisonAI sees it. */
export async function aJobsApi(options: ApiOptions = {}) {
  const agents: readonly AgentDefinition[] = [echoAgent(), workingAgent(() => undefined)];
  const api = await anApi({ agents, publicBaseUrl: 'https://example.com', ...options });
  const post = (json: unknown, more: ApiEventOptions = {}) =>
    api.call({ httpMethod: 'POST', path: jobs, json, ...more });
  const submit = async (json: unknown): Promise<string> =>
    Submitted.parse((await post(json)).json).job_id;
  const get = (path: string, more: ApiEventOptions = {}) =>
    api.call({ path: `${jobs}/${path}`, ...more });
  return {
    ...api,
    post,
    submit,
    get,
    list: (queryStringParameters: Record<string, string>) =>
      api.call({ path: jobs, queryStringParameters }),
    cancel: (id: string) => api.call({ httpMethod: 'POST', path: `${jobs}/${id}/cancel` }),
    remove: (id: string) => api.call({ httpMethod: 'DELETE', path: `${jobs}/${id}` }),
    /** The job once it has this status. */
    reached: async (id: string, ...wanted: string[]) => {
      const runId = id.replace('run_', '');
      for (;;) {
        const job = Status.parse((await get(id)).json);
        if (wanted.includes(job.status)) return job;
        const watcher = api.deps.watch.watch({ orgId: 'acme', runId }, 'wait');
        await watcher.changed(50);
        watcher.close();
      }
    },
  };
}
