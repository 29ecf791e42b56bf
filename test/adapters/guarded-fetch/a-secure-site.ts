import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';

const read = (name: string) =>
  readFileSync(join(import.meta.dirname, 'certificates', name), 'utf8');

/** Of the authority that the certificates of these sites are of. */
export const authority = read('authority.pem');

/** A server on loopback that says `secure`, with the certificate for a name. */
export async function aSecureSite(name: 'media.example' | 'other.example') {
  const requests: { readonly host: string | undefined; readonly serverName: unknown }[] = [];
  const server = createServer({ key: read(`${name}.key`), cert: read(`${name}.pem`) });
  const names = new WeakMap<object, unknown>();
  server.on('secureConnection', (socket: TLSSocket & { servername?: string | false }) =>
    names.set(socket, socket.servername),
  );
  server.on('request', (request, response) => {
    requests.push({ host: request.headers.host, serverName: names.get(request.socket) });
    response.setHeader('content-type', 'text/plain').end('secure');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === 'object' && address ? address.port : 0, requests };
}
