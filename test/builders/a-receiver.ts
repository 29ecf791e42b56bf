import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { onTestFinished, vi } from 'vitest';
import * as z from 'zod';

export interface ReceivedPost {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: z.output<typeof Body>;
}

const Body = z.looseObject({
  type: z.string(),
  timestamp: z.string(),
  data: z.looseObject({ id: z.string(), status: z.string() }),
});

/** How a receiver answers the n-th post, counted from 1; what does not end the response hangs. */
type Answer = (response: ServerResponse, nth: number, post: ReceivedPost) => void;

export const answer =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end();

export const hang: Answer = () => undefined;

/** A server on this machine that is told of runs. */
export interface Receiver {
  readonly url: string;
  readonly posts: readonly ReceivedPost[];
  answers: Answer;
  /** The posts, once there are that many. */
  received(count: number): Promise<readonly ReceivedPost[]>;
  close(): void;
}

/** One that stops when the test ends. */
export async function aReceiver(answers?: Answer): Promise<Receiver> {
  const receiver = await startReceiver(answers);
  onTestFinished(() => receiver.close());
  return receiver;
}

export async function startReceiver(answers: Answer = answer(204)): Promise<Receiver> {
  const posts: ReceivedPost[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const post = {
      path: request.url ?? '',
      headers: request.headers,
      text,
      body: Body.parse(JSON.parse(text)),
    };
    posts.push(post);
    receiver.answers(response, posts.length, post);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    posts,
    answers,
    received: (count) =>
      vi.waitFor(
        () => {
          if (posts.length < count) throw new Error(`${posts.length} posts, not ${count}`);
          return posts;
        },
        { timeout: 10_000, interval: 10 },
      ),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}

/** Whether a receiver that has this secret believes the post: as the library of the standard says. */
export function isSignedWith(
  secret: string | undefined,
  { text, headers }: Pick<ReceivedPost, 'text' | 'headers'>,
): boolean {
  try {
    const signed = Object.entries(headers).map(([name, value]) => [name, `${value}`]);
    new Webhook(secret ?? '').verify(text, Object.fromEntries(signed));
    return true;
  } catch {
    return false;
  }
}
