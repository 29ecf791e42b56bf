import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

/** What happens to one request instead of a whole answer. */
export type Fault =
  | {
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string | Buffer;
    }
  /** The rest of the answer does not come: the connection breaks, or ends as if all were there. */
  | { readonly cutAt: number; readonly how: 'break' | 'end' }
  /** The rest of the answer does not come, and the connection stays. */
  | { readonly stallAt: number }
  /** An event in between is no JSON; of streams that are text. */
  | { readonly garbleAt: number }
  | 'pass';

/** A refusal in a form that each provider's code reads. */
export const refusal = (status: number, message: string, headers = {}): Fault => ({
  status,
  headers,
  body: JSON.stringify({
    type: 'error',
    message,
    error: { type: 'some_error', message, param: null, code: null },
  }),
});

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
  readonly at: number;
  /** When the caller went away before it had its answer; epoch milliseconds. */
  readonly abandonedAt: Promise<number>;
}

const Body = z.record(z.string(), z.unknown());

/** Stands before a fake provider: sees every request, and spoils the answers it is told to. */
export class ProviderFront {
  readonly requests: SeenRequest[] = [];
  readonly #upstream: string;
  readonly #server = createServer((request, response) => {
    this.#handle(request, response).catch(() => response.destroy());
  });
  #faults: Fault[] = [];

  constructor(upstream: string) {
    this.#upstream = upstream;
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const { port } = z.object({ port: z.number() }).parse(this.#server.address());
    return `http://127.0.0.1:${port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Forgets what it saw. The next requests meet these, in order, and all later ones none. */
  meet(...faults: Fault[]): void {
    this.requests.length = 0;
    this.#faults = faults;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = '', headers } = request;
    const fault = this.#faults.shift() ?? 'pass';
    const sent = await text(request);
    const { promise: abandonedAt, resolve } = Promise.withResolvers<number>();
    response.on('close', () => response.writableFinished || resolve(Date.now()));
    const body = Body.parse(JSON.parse(sent));
    this.requests.push({ path, headers, body, at: Date.now(), abandonedAt });
    if (fault !== 'pass' && 'status' in fault) {
      const type = { 'content-type': 'application/json' };
      response.writeHead(fault.status, { ...type, ...fault.headers }).end(fault.body ?? '{}');
      return;
    }
    const answer = await fetch(this.#upstream + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: headers.authorization ?? 'x' },
      body: sent,
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, {
      'content-type': answer.headers.get('content-type') ?? 'text/plain',
    });
    await give(response, bytes, fault);
  }
}

async function give(
  response: ServerResponse,
  bytes: Buffer,
  fault: Exclude<Fault, { status: number }>,
): Promise<void> {
  if (fault === 'pass') {
    response.end(bytes);
    return;
  }
  if ('garbleAt' in fault) {
    const stream = bytes.toString();
    const end = stream.indexOf('\n\n', stream.length * fault.garbleAt) + 2;
    const before = fault.garbleAt === 0 ? 0 : end;
    response.end(`${stream.slice(0, before)}data: {"broken\n\n${stream.slice(before)}`);
    return;
  }
  const share = 'cutAt' in fault ? fault.cutAt : fault.stallAt;
  await new Promise((written) => response.write(bytes.subarray(0, bytes.length * share), written));
  if ('stallAt' in fault) return;
  if (fault.how === 'end') response.end();
  else response.socket?.resetAndDestroy();
}
