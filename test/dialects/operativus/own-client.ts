import * as z from 'zod';

/*
 * Operativus' own client as its table of requests has it: JSON over fetch, a stream that is posted for
 * and read line by line, and a timeline that comes back with the last id it has seen.
 */

const Chunk = z.object({ event: z.string(), data: z.string(), timestamp: z.number() });
export type Chunk = z.infer<typeof Chunk>;

const TimelineEvent = z.object({ id: z.number(), eventType: z.string(), payload: z.unknown() });
export type TimelineEvent = z.infer<typeof TimelineEvent>;

export interface Streamed {
  readonly chunks: readonly Chunk[];
  /** Whether `[DONE]` came. */
  readonly done: boolean;
  readonly lastEventId: string | undefined;
}

export class Refused extends Error {
  readonly status: number;
  readonly problem: unknown;

  constructor(status: number, problem: unknown) {
    super(`${status} ${JSON.stringify(problem)}`);
    this.status = status;
    this.problem = problem;
  }
}

export class OwnClient {
  readonly #url: string;
  #token: string | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  async logIn(username: string, password: string) {
    const answer = z
      .object({ token: z.string(), type: z.string(), id: z.string(), roles: z.array(z.string()) })
      .parse(await this.post('/api/auth/login', { username, password }));
    this.#token = answer.token;
    return answer;
  }

  get(path: string): Promise<unknown> {
    return this.#json('GET', path);
  }

  post(path: string, body: unknown): Promise<unknown> {
    return this.#json('POST', path, body);
  }

  delete(path: string): Promise<unknown> {
    return this.#json('DELETE', path);
  }

  async stream(
    agentId: string,
    message: string,
    { headers = {}, ...more }: { headers?: Record<string, string>; sessionId?: string } = {},
  ): Promise<Streamed> {
    const response = await this.#send('POST', `/api/agents/${agentId}/runs/stream`, {
      body: { message, stream: true, generateFollowups: true, ...more },
      headers: { Accept: 'text/event-stream', ...headers },
    });
    const chunks: Chunk[] = [];
    let lastEventId: string | undefined;
    for await (const line of linesOf(response)) {
      if (line.startsWith('id:')) lastEventId = line.slice(3).trim();
      if (!line.startsWith('data:')) continue;
      const data = line.slice(5).trim();
      if (data === '[DONE]') return { chunks, done: true, lastEventId };
      chunks.push(Chunk.parse(JSON.parse(data)));
    }
    return { chunks, done: false, lastEventId };
  }

  /** Ends with the run, as its timeline does. */
  async *timeline(runId: string, sinceId = 0): AsyncGenerator<TimelineEvent> {
    const path = `/api/v1/runs/${runId}/events?sinceId=${sinceId}`;
    const response = await this.#send('GET', path, { headers: { Accept: 'text/event-stream' } });
    let name = '';
    for await (const line of linesOf(response)) {
      if (line.startsWith('event: ')) name = line.slice('event: '.length);
      if (!line.startsWith('data: ')) continue;
      const event = TimelineEvent.parse(JSON.parse(line.slice('data: '.length)));
      if (event.eventType !== name) throw new Error(`${name} is told as ${event.eventType}`);
      yield event;
    }
  }

  async #json(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await this.#send(method, path, { body });
    const text = await response.text();
    return response.status === 204 || text === '' ? {} : JSON.parse(text);
  }

  async #send(
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> },
  ): Promise<Response> {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(this.#token === undefined ? {} : { Authorization: `Bearer ${this.#token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Refused(response.status, await response.json());
    return response;
  }
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  if (!response.headers.get('content-type')?.includes('text/event-stream'))
    throw new Error(`A stream is ${response.headers.get('content-type')}`);
  const decoder = new TextDecoder();
  let buffer = '';
  for await (const bytes of response.body ?? []) {
    buffer += decoder.decode(bytes, { stream: true });
    const lines = buffer.split('\n');
    buffer = lines.pop() ?? '';
    yield* lines;
  }
}
