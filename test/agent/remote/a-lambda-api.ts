import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished, vi } from 'vitest';

export const functionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:far-away:live';
export const secretKey = 'secret-key-of-a-test';

interface Invocation {
  readonly arn: string;
  readonly payload: string;
  readonly headers: IncomingHttpHeaders;
  readonly isSigned: boolean;
}

/** Of the function, or of Lambda itself; `undefined` for never. */
export type LambdaReply =
  | { readonly returns: object }
  | { readonly throws: object }
  | { readonly status: number; readonly message: string }
  | undefined;

/**
 * Lambda's Invoke on this machine, asked where the environment says. It gives these replies in turn,
 * the last of them for ever.
 */
export async function aLambdaApi(...replies: readonly LambdaReply[]) {
  const invocations: Invocation[] = [];
  const dropped: string[] = [];
  const server = createServer(async (request, response) => {
    const payload = await text(request);
    const [, arn = ''] =
      /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '') ?? [];
    const { headers } = request;
    const isSigned = headers.authorization === authorizationOf(request, payload);
    invocations.push({ arn: decodeURIComponent(arn), payload, headers, isSigned });
    response.on('close', () => response.writableFinished || dropped.push(arn));
    const reply = replies[Math.min(invocations.length, replies.length) - 1];
    if (reply === undefined) return;
    if ('returns' in reply) response.writeHead(200).end(JSON.stringify(reply.returns));
    else if ('throws' in reply)
      response
        .writeHead(200, { 'x-amz-function-error': 'Unhandled' })
        .end(JSON.stringify(reply.throws));
    else
      response
        .writeHead(reply.status, { 'x-amzn-errortype': 'SomeException' })
        .end(JSON.stringify({ Message: reply.message }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', `http://127.0.0.1:${port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLEEXAMPLE12');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretKey);
  vi.stubEnv('AWS_SESSION_TOKEN', 'session-token-of-a-test');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(() => {
    close();
    vi.unstubAllEnvs();
  });
  return { invocations, dropped, close };
}

const hmac = (key: string | Buffer, value: string) =>
  createHmac('sha256', key).update(value).digest();
const hash = (value: string) => createHash('sha256').update(value).digest('hex');

/** By the book (Signature Version 4), from what has arrived. */
function authorizationOf({ headers, url = '' }: IncomingMessage, payload: string): string {
  const date = String(headers['x-amz-date']);
  const scope = `${date.slice(0, 8)}/eu-west-1/lambda/aws4_request`;
  const [, signed = ''] = /SignedHeaders=([^,]*)/.exec(headers.authorization ?? '') ?? [];
  const canonical = [
    'POST',
    url.split('/').map(encodeURIComponent).join('/'),
    '',
    ...signed.split(';').map((name) => `${name}:${headers[name]}`),
    '',
    signed,
    hash(payload),
  ].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretKey}`);
  const toSign = ['AWS4-HMAC-SHA256', date, scope, hash(canonical)].join('\n');
  const signature = hmac(key, toSign).toString('hex');
  return `AWS4-HMAC-SHA256 Credential=${'AKIAEXAMPLEEXAMPLE12'}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
}
