import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { type RemoteAgentDefinition, remoteAgent } from '#agent/remote/remote-agent.ts';
import type { RemoteRequest } from '#agent/remote/remote-contract.ts';

interface Received {
  readonly body: RemoteRequest;
  readonly headers: IncomingHttpHeaders;
}

/** An answer, or what is answered instead of one; `undefined` for never. */
export type Reply = { readonly status: number; readonly body: unknown } | object | undefined;

/** A remote agent on this machine that gives these replies in turn, the last of them for ever. */
export async function aRemoteServer(...replies: readonly Reply[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    // What a remote agent is sent is what this test is about.
    const body: unknown = await json(request);
    received.push({ body: Object(body), headers: request.headers });
    const reply = replies[Math.min(received.length, replies.length) - 1];
    if (reply === undefined) return;
    const { status, body: answer } = 'status' in reply ? reply : { status: 200, body: reply };
    const location = status === 302 ? { location: 'http://127.0.0.1:1/' } : {};
    response.writeHead(Number(status), location);
    response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() satisfies AddressInfo | string | null;
  const port = typeof address === 'object' && address ? address.port : 0;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  return { received, close, url: `http://127.0.0.1:${port}/agent` };
}

type More = Partial<Omit<Extract<RemoteAgentDefinition, { endpoint: string }>, 'lambda'>>;

const remotely = {
  id: 'remote',
  name: 'Remote',
  description: 'Elsewhere',
  instructions: 'Does it elsewhere.',
  retries: 1,
};

export const aRemoteAgent = (endpoint: string, more: More = {}) =>
  remoteAgent({ ...remotely, endpoint, ...more });

/** One that a Lambda function is. */
export const aLambdaAgent = (lambda: string, more: Omit<More, 'endpoint' | 'headers'> = {}) =>
  remoteAgent({ ...remotely, lambda, ...more });
