import * as z from 'zod';
import { longrunContract } from '#api/dialects/longrun/contract.ts';
import { operativusContract } from '#api/dialects/operativus/contract.ts';
import { RunEventBody } from '#core/run/run-event.ts';
import type { Service } from './find-service.ts';

const { listAgents, submitBackgroundRun } = operativusContract;
const { getRun } = longrunContract;

export type RunDetail = z.output<typeof getRun.response>;
export type Decision = 'APPROVE' | 'REJECT';

const WireEvent = z.intersection(z.object({ seq: z.number(), at: z.string() }), RunEventBody);
export type WireEvent = z.infer<typeof WireEvent>;

const eventEnd = '\n\n';

/** The calls of the public API that the demo makes, with nothing but HTTP. */
export class Client {
  readonly #service: Service;

  constructor(service: Service) {
    this.#service = service;
  }

  async agentIds(): Promise<string[]> {
    const response = await this.#send('GET', '/api/agents');
    return listAgents.response.parse(await response.json()).map(({ agentId }) => agentId);
  }

  async submit(agentId: string, message: string): Promise<string> {
    const response = await this.#send('POST', `/api/agents/${agentId}/runs/background`, {
      message,
    });
    return submitBackgroundRun.response.parse(await response.json()).runId;
  }

  async detail(runId: string): Promise<RunDetail> {
    const response = await this.#send('GET', `/api/runs/${runId}`);
    return getRun.response.parse(await response.json());
  }

  /** Resolves when the service has taken the decision; the run goes on from there. */
  async decide(agentId: string, runId: string, action: Decision, reason?: string): Promise<void> {
    const path = `/api/agents/${agentId}/runs/${runId}/continue`;
    const response = await this.#send('POST', path, { action, reason });
    await response.text();
  }

  async cancel(agentId: string, runId: string): Promise<void> {
    await this.#send('DELETE', `/api/agents/${agentId}/runs/${runId}`);
  }

  /** What happens to the run, as it happens, to its end. */
  async *events(runId: string): AsyncGenerator<WireEvent> {
    const response = await this.#send('GET', `/api/runs/${runId}/events`);
    if (response.body === null) throw new Error('The event stream is empty.');
    let unread = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const frames = (unread + text).split(eventEnd);
      unread = frames.pop() ?? '';
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        if (data !== undefined) yield WireEvent.parse(JSON.parse(data));
      }
    }
  }

  async #send(method: string, path: string, body?: unknown): Promise<Response> {
    const { url, token } = this.#service;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${path} answers ${response.status}: ${await response.text()}`);
    return response;
  }
}
