import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Task } from './bounded-load.ts';
import type { Answer, HttpConnection } from './http-connection.ts';
import type { Requests } from './requests.ts';

const Submitted = z.object({ runId: z.string() });
const Statuses = z.array(z.object({ id: z.string(), status: z.string() }));

const lookEveryMs = 10;
const runsPerLook = 100;

/** What the clients do, and the runs that they know of. */
export class Tasks {
  readonly #requests: Requests;
  readonly #finished: string[] = [];
  #accepted: string[] = [];

  constructor(requests: Requests) {
    this.#requests = requests;
  }

  /** Posts a background run and does not wait for it. */
  readonly accept: Task = async (connection) => {
    this.#accepted.push(await this.#submit(connection));
  };

  /** Posts a background run and follows its events to the end. */
  readonly follow: Task = async (connection) => {
    const runId = await this.#submit(connection);
    const { body } = ok(await connection.send(this.#requests.events(runId)));
    if (!body.includes('\nevent: run.completed\n')) throw new Error('run not completed');
    this.#finished.push(runId);
  };

  /** Reads the status of one finished run. */
  readonly read: Task = async (connection) => {
    const runId = this.#finished[Math.floor(Math.random() * this.#finished.length)] ?? '';
    const { body } = ok(await connection.send(this.#requests.status(runId)));
    if (!body.includes('"status":"COMPLETED"')) throw new Error('run not completed');
  };

  /** Looks after the next hundred accepted runs until all of them are completed. */
  readonly drain: Task = async (connection, endsAt) => {
    let waiting = this.#accepted.splice(0, runsPerLook);
    while (waiting.length > 0) {
      const { body } = ok(await connection.send(this.#requests.statuses(waiting)));
      const runs = Statuses.parse(JSON.parse(body));
      const open = runs.filter(({ status }) => status !== 'COMPLETED');
      if (open.some(({ status }) => ended.has(status))) throw new Error('run not completed');
      const completed = runs.filter(({ status }) => status === 'COMPLETED');
      this.#finished.push(...completed.map(({ id }) => id));
      waiting = open.map(({ id }) => id);
      if (waiting.length > 0 && performance.now() >= endsAt)
        throw new Error('run not completed in time');
      if (waiting.length > 0) await sleep(lookEveryMs);
    }
  };

  /** How often `drain` has to be done. */
  get looks(): number {
    return Math.ceil(this.#accepted.length / runsPerLook);
  }

  async #submit(connection: HttpConnection): Promise<string> {
    const { body } = ok(await connection.send(this.#requests.submit));
    return Submitted.parse(JSON.parse(body)).runId;
  }
}

const ended = new Set(['FAILED', 'CANCELLED']);

function ok(answer: Answer): Answer {
  if (answer.status !== 200) throw new Error(`status ${answer.status}`);
  return answer;
}
