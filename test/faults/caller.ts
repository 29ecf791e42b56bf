import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { deadlineSeconds, eventually } from './eventually.ts';
import type { Plan } from './plan.ts';
import { devToken, type Service } from './service.ts';

const Status = z.enum(['QUEUED', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED']);
type Status = z.infer<typeof Status>;

const Approval = z.object({
  approvalId: z.string(),
  tool: z.string(),
  arguments: z.unknown(),
  reason: z.string(),
});

export const Run = z.object({
  id: z.string(),
  sessionId: z.string(),
  status: Status,
  message: z.string(),
  pendingApproval: Approval.optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  output: z.object({ content: z.string() }).optional(),
});
export type Run = z.infer<typeof Run>;

const Event = z.object({
  seq: z.number(),
  at: z.string().transform((at) => Date.parse(at)),
  type: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type Event = z.infer<typeof Event>;

const Page = z.object({ runs: z.array(Run), nextCursor: z.string().nullable() });

const lastTypes = ['run.completed', 'run.failed', 'run.cancelled'];
export const isLast = ({ type }: Event) => lastTypes.includes(type);
const hasEnded = ({ status }: Run) => !['QUEUED', 'RUNNING', 'PAUSED'].includes(status);

/** No complete answer came: the caller cannot know whether the service has heard it. */
class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

export interface Answer {
  readonly status: number;
  readonly replayed: boolean;
  readonly text: string;
}

interface Submission {
  readonly agent?: string;
  readonly sessionId?: string | undefined;
  readonly media?: readonly { type: string; data: string }[];
  /** @default - one of its own */
  readonly key?: string;
}

/** A client as it should be: it asks again, with the same key, until it has heard an answer. */
export class Caller {
  readonly #url: string;
  readonly #token: string;

  constructor({ url }: Pick<Service, 'url'>, token = devToken) {
    this.#url = url;
    this.#token = token;
  }

  /** One request. @throws ConnectionLost */
  async ask(method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
    try {
      const response = await fetch(`${this.#url}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${this.#token}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(key === undefined ? {} : { 'Idempotency-Key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const replayed = response.headers.get('Idempotency-Replayed') === 'true';
      return { status: response.status, replayed, text: await response.text() };
    } catch (error) {
      throw new ConnectionLost(`${method} ${path}`, { cause: error });
    }
  }

  /** The same request, until there is an answer to it. */
  async insist(method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
    const endsAt = Date.now() + deadlineSeconds * 1000;
    for (;;) {
      try {
        return await this.ask(method, path, body, key);
      } catch (error) {
        if (!(error instanceof ConnectionLost) || Date.now() > endsAt) throw error;
        await sleep(Math.random() * 100);
      }
    }
  }

  /** @returns the run's id, without prefix */
  async submit(message: string | Plan, submission: Submission = {}): Promise<string> {
    const { agent = 'performer', sessionId, media, key = randomUUID() } = submission;
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    const path = `/api/agents/${agent}/runs/background`;
    const answer = await this.insist('POST', path, { message: text, sessionId, media }, key);
    return bare(z.object({ runId: z.string() }).parse(ok(path, answer)).runId);
  }

  async run(id: string): Promise<Run> {
    const path = `/api/runs/${id}`;
    return Run.parse(ok(path, await this.insist('GET', path)));
  }

  async runs(statuses: readonly Status[] = Status.options): Promise<Run[]> {
    const runs: Run[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = new URLSearchParams({ status: statuses.join(','), limit: '100' });
      if (cursor) query.set('cursor', cursor);
      const path = `/api/runs?${query}`;
      const page: z.infer<typeof Page> = Page.parse(ok(path, await this.insist('GET', path)));
      runs.push(...page.runs);
      cursor = page.nextCursor;
    }
    return runs;
  }

  /** The events of a run that has ended, or will soon. */
  async events(id: string): Promise<Event[]> {
    const { text } = await this.insist('GET', `/api/runs/${id}/events`);
    return text
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => Event.parse(JSON.parse(line.slice('data: '.length))));
  }

  /** Once, whether or not an answer comes. */
  decide(id: string, action: 'APPROVE' | 'REJECT', key: string): Promise<Answer> {
    return this.ask('POST', continueOf(id), { action, reason: 'so decided' }, key);
  }

  /** Until it is answered. @throws where the answer is not that it is decided so */
  async decideSurely(id: string, action: 'APPROVE' | 'REJECT', key: string): Promise<void> {
    const body = { action, reason: 'so decided' };
    ok(continueOf(id), await this.insist('POST', continueOf(id), body, key));
  }

  cancel(id: string): Promise<Answer> {
    return this.insist('DELETE', `/api/agents/performer/runs/${id}`);
  }

  /** @throws when the run ends otherwise */
  untilIs(id: string, status: Status): Promise<Run> {
    return eventually(`${id} is ${status}`, async () => {
      const run = await this.run(id);
      if (run.status === status) return run;
      if (hasEnded(run)) throw new Error(`${id} became ${JSON.stringify(run)}, not ${status}`);
      return undefined;
    });
  }
}

const bare = (id: string) => id.replace(/^run_/, '');
const continueOf = (id: string) => `/api/agents/performer/runs/${id}/continue`;

function ok(path: string, { status, text }: Answer): unknown {
  if (status !== 200) throw new Error(`${path} answers ${status}: ${text}`);
  return JSON.parse(text);
}
