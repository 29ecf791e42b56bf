import * as z from 'zod';
import type { AgentDefinition } from '#agent/define-agent.ts';
import { Run, type RunRequest } from '#api/dialects/langgraph/runs/contract.ts';
import { Thread, ThreadState } from '#api/dialects/langgraph/threads/contract.ts';
import { workingAgent } from '../../builders/an-agent.ts';
import { anApi, devToken } from '../../builders/an-api.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

interface Sent {
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

export const aThreadId = '00000000-0000-4000-8000-0000000000a1';
export const noSuchId = '00000000-0000-4000-8000-00000000dead';

const Values = z.looseObject({
  messages: z.array(z.looseObject({ content: z.unknown() })).default([]),
});

/** What was said, in a word a message. */
export const said = (values: unknown) =>
  Values.parse(values ?? {}).messages.map(({ type, content }) => `${type}: ${textOf(content)}`);

const Block = z.looseObject({ text: z.string().optional(), reasoning: z.string().optional() });
const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : z
        .array(Block)
        .parse(content)
        .map(({ text = '', reasoning = '' }) => reasoning + text)
        .join('');

export const human = (content: string) => ({ messages: [{ role: 'user', content }] });

/** The API as clients of LangGraph use it. */
export async function aLangGraph(
  agents: readonly AgentDefinition[] = [workingAgent(() => undefined)],
) {
  const api = await anApi({ agents });
  const send = (method: Method, path: string, { json, headers, query }: Sent = {}) =>
    api.call({
      httpMethod: method,
      path,
      ...(json === undefined ? {} : { json }),
      ...(query ? { queryStringParameters: query } : {}),
      headers: { authorization: `Bearer ${devToken}`, ...headers },
    });
  const take = async <S extends z.ZodType>(
    schema: S,
    method: Method,
    path: string,
    sent?: Sent,
  ) => {
    const reply = await send(method, path, sent);
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.status} ${reply.text}`);
    return schema.parse(reply.json);
  };
  const thread = (json: object = {}) => take(Thread, 'POST', '/threads', { json });
  const getThread = (id: string) => take(Thread, 'GET', `/threads/${id}`);
  const run = (threadId: string, body: Partial<RunRequest>, sent: Sent = {}) =>
    take(Run, 'POST', `/threads/${threadId}/runs`, {
      json: { assistant_id: 'worker', ...body },
      ...sent,
    });
  const getRun = (threadId: string, id: string) =>
    take(Run, 'GET', `/threads/${threadId}/runs/${id}`);
  return {
    ...api,
    send,
    take,
    thread,
    getThread,
    run,
    getRun,
    state: (id: string) => take(ThreadState, 'GET', `/threads/${id}/state`),
    history: (id: string, json: object = {}) =>
      take(z.array(ThreadState), 'POST', `/threads/${id}/history`, { json }),
    join: (threadId: string, id: string) =>
      take(z.looseObject({}), 'GET', `/threads/${threadId}/runs/${id}/join`),
    wait: (threadId: string, body: Partial<RunRequest>) =>
      take(z.looseObject({}), 'POST', `/threads/${threadId}/runs/wait`, {
        json: { assistant_id: 'worker', ...body },
      }),
    refused: async (status: number, method: Method, path: string, sent?: Sent) => {
      const reply = await send(method, path, sent);
      if (reply.status !== status) throw new Error(`${path}: ${reply.status} ${reply.text}`);
      return z.object({ detail: z.string() }).parse(reply.json).detail;
    },
  };
}

export type LangGraph = Awaited<ReturnType<typeof aLangGraph>>;

/** An agent whose tools wait until they are let go, or their run is cancelled. */
export function aHeldAgent() {
  const work = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  let aborted = false;
  const agent = workingAgent(async (_, { signal }) => {
    work.resolve();
    const gone = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => {
      aborted = true;
      gone.reject(signal.reason);
    });
    await Promise.race([goOn.promise, gone.promise]);
  });
  return {
    agent,
    aborted: () => aborted,
    isAtWork: () => work.promise,
    letGo: () => goOn.resolve(),
  };
}
