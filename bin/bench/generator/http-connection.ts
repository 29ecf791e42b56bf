import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

const silenceMs = 30_000;
const endOfHead = '\r\n\r\n';
/** Ends a chunked body, and cannot be inside one: JSON and event streams hold no bare CR. */
const lastChunk = '\r\n0\r\n\r\n';

/**
 * One keep-alive connection with one request at a time. Written by hand because the generator shares
 * its processors with the service: node:http takes twice as much of them a request, fetch five times.
 */
export class HttpConnection {
  readonly #port: number;
  #socket: Socket | undefined;
  #received = '';
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws Error where the connection breaks or stays silent for 30 s; the next request opens a new one */
  send(request: string): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.#waiting = { resolve, reject };
    this.#received = '';
    this.#socket ??= this.#open();
    this.#socket.write(request, 'utf8');
    return promise;
  }

  close(): void {
    this.#socket?.destroy();
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true });
    socket.setEncoding('utf8');
    socket.setTimeout(silenceMs, () => socket.destroy(new Error('no answer in time')));
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', (error) => this.#broken(socket, error));
    socket.on('close', () => this.#broken(socket, new Error('connection closed')));
    return socket;
  }

  #take(text: string): void {
    this.#received += text;
    const answer = parseAnswer(this.#received);
    if (answer === undefined) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }

  #broken(socket: Socket, error: Error): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }
}

/** @returns `undefined` until all of the answer is there */
function parseAnswer(text: string): Answer | undefined {
  const headEnd = text.indexOf(endOfHead);
  if (headEnd < 0) return undefined;
  const body = text.slice(headEnd + endOfHead.length);
  const head = text.slice(0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  const complete =
    length === undefined
      ? text.endsWith(lastChunk)
      : body.length >= Number(length) || Buffer.byteLength(body) >= Number(length);
  return complete ? { status: Number(text.slice(9, 12)), body } : undefined;
}
