import { PassThrough, type TransformCallback, type Writable } from 'node:stream';
import type { Context } from 'aws-lambda';
import { onTestFinished, vi } from 'vitest';

interface Head {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
}

type StreamingHandler<Event> = (
  event: Event,
  response: Writable,
  context: Context,
) => Promise<void>;

/** As the runtime's own, it sends status and headers with the first write, so not where there is none. */
class LambdaResponse extends PassThrough {
  #head: Head | undefined;

  lead(head: Head): void {
    this.#head = head;
  }

  override _transform(chunk: unknown, encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#head) this.push(`${JSON.stringify(this.#head)}${separator}`);
    this.#head = undefined;
    super._transform(chunk, encoding, done);
  }
}

const separator = '\0'.repeat(8);

/** What the Node runtime of Lambda gives to functions that stream. */
export function aLambdaRuntime(highWaterMark = 16 * 1024) {
  const response = new LambdaResponse({ highWaterMark, encoding: 'utf8' });
  // Whoever reads may be gone before it breaks off.
  response.on('error', () => undefined);
  vi.stubGlobal('awslambda', {
    streamifyResponse:
      <Event>(handler: StreamingHandler<Event>) =>
      (event: Event, context: Context) =>
        handler(event, response, context),
    HttpResponseStream: {
      from: (stream: LambdaResponse, head: Head) => {
        stream.lead(head);
        return stream;
      },
    },
  });
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  return {
    response,
    /** All that was sent, once it has come to its end. */
    sent: async () => toSent((await response.toArray()).join('')),
  };
}

function toSent(text: string): { head: unknown; body: string } {
  const end = text.indexOf(separator);
  if (end < 0) throw new Error(`There is no head in ${JSON.stringify(text)}`);
  return { head: JSON.parse(text.slice(0, end)), body: text.slice(end + separator.length) };
}
