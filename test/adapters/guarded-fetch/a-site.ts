import { createServer, type RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';

/** A web server on this machine, and what it was asked. */
export interface Site {
  readonly port: number;
  readonly hosts: (string | undefined)[];
}

/** A server on loopback. It stops when the test ends. */
export async function aSite(listener: RequestListener): Promise<Site> {
  const hosts: Site['hosts'] = [];
  const server = createServer((request, response) => {
    hosts.push(request.headers.host);
    listener(request, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, hosts };
}
