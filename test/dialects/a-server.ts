import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import * as z from 'zod';
import type { ApiEvent, ApiResult } from '#api/api-event.ts';
import { httpServer } from '../../bin/http-server.ts';

const Address = z.object({ port: z.number() });

export const aResult = (overrides: Partial<ApiResult> = {}): ApiResult => ({
  statusCode: 200,
  headers: { 'content-type': 'text/plain' },
  body: 'fine',
  ...overrides,
});

type Serve = (event: ApiEvent) => ApiResult | Promise<ApiResult>;

/** The embedded front door on a free port, before handlers of the test. */
export async function aServer(serve: Serve = () => aResult(), settled = async () => {}) {
  const events: ApiEvent[] = [];
  const server = httpServer(async (event) => {
    events.push(event);
    return serve(event);
  }, settled);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = Address.parse(server.address());
  const url = `http://127.0.0.1:${port}`;
  return {
    events,
    url,
    ask: (path = '/', init: RequestInit = {}) => fetch(url + path, init),
    /** A connection on which a test says and reads what it likes, or nothing. */
    dial: async (): Promise<Socket> => {
      const socket = connect(port, '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      await once(socket, 'connect');
      return socket;
    },
  };
}
