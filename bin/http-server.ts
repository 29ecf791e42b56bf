import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { APIGatewayEventRequestContext, Context } from 'aws-lambda';
import type { Api } from '#api/api.ts';
import { type ApiEvent, type ApiResult, callerGone } from '#api/api-event.ts';
import type { BlobServer } from './blob-server.ts';

/** API Gateway's limit for a request. */
const largestRequestBytes = 10 * 1024 * 1024;

/**
 * The embedded front door: hands the events that API Gateway would hand over to the same handlers.
 * @param settled resolves when all that the answer may stand on is on disk
 * @param serveBlob answers what is no request of the API, but of signed links
 * @param stopping aborts when whoever waits is to be answered at once, and asked to go elsewhere
 */
export function httpServer(
  api: Api,
  settled: () => Promise<void>,
  stopping: AbortSignal = new AbortController().signal,
  serveBlob: BlobServer = async () => false,
): Server {
  const inHand = new Set<AbortController>();
  const server = createServer((request, response) => {
    const gone = new AbortController();
    inHand.add(gone);
    if (stopping.aborted) response.shouldKeepAlive = false;
    response.on('close', () => {
      inHand.delete(gone);
      if (!response.writableFinished) gone.abort(callerGone);
    });
    serveBlob(request, response)
      .then(async (isServed) => {
        if (!isServed) await serve(api, settled, request, response, gone.signal);
      })
      .catch(() => response.destroy());
  });
  stopping.addEventListener('abort', () => {
    for (const gone of inHand) gone.abort('The service stops');
  });
  // A stream may last as long as its run.
  server.requestTimeout = 0;
  return server;
}

/** Takes no more requests, and resolves when those in hand are answered, or after `patienceMs`. */
export async function closeServer(server: Server, patienceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => server.closeAllConnections(), patienceMs);
  await closed;
  clearTimeout(timer);
}

async function serve(
  api: Api,
  settled: () => Promise<void>,
  request: IncomingMessage,
  response: ServerResponse,
  gone: AbortSignal,
): Promise<void> {
  const body = await readBody(request);
  if (body === undefined) return refuse(response);
  const result = await api(toEvent(request, body, gone), context);
  await settled();
  if (gone.aborted) response.shouldKeepAlive = false;
  if (result.stream === undefined) {
    response.writeHead(result.statusCode, headersOf(result));
    response.end(result.body);
  } else await stream(result, result.stream, settled, response);
}

async function stream(
  result: ApiResult,
  parts: AsyncIterable<string>,
  settled: () => Promise<void>,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(result.statusCode, result.headers);
  for await (const part of parts) {
    await settled();
    if (response.destroyed) return;
    if (!response.write(part)) await drained(response);
  }
  response.end();
}

/** A reader that is slow holds up nothing but its own stream. */
const drained = (response: ServerResponse) =>
  new Promise<void>((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });

const headersOf = ({ headers, body }: ApiResult) =>
  body === '' ? headers : { ...headers, 'content-length': Buffer.byteLength(body) };

/** @returns `undefined` for a body beyond the limit */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > largestRequestBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** What API Gateway answers by itself, before any handler. */
function refuse(response: ServerResponse): void {
  response.writeHead(413, { 'content-type': 'application/problem+json', connection: 'close' });
  response.end(
    JSON.stringify({
      type: 'urn:problem-type:payload-too-large',
      title: 'Request too large',
      status: 413,
      detail: 'A request is limited to 10 MB.',
    }),
  );
}

function toEvent(request: IncomingMessage, body: string, gone: AbortSignal): ApiEvent {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const [path, search] = mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
  const query = new URLSearchParams(search);
  const headers: Record<string, string | undefined> = { 'x-forwarded-proto': 'http' };
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const method = request.method ?? 'GET';
  return {
    httpMethod: method,
    path,
    headers,
    multiValueHeaders: {},
    pathParameters: null,
    queryStringParameters: search ? Object.fromEntries(query) : null,
    multiValueQueryStringParameters: search ? valuesOf(query) : null,
    stageVariables: null,
    resource: '/{proxy+}',
    requestContext: { ...requestContext, requestId: nextRequestId(), path, httpMethod: method },
    body,
    isBase64Encoded: false,
    gone,
  };
}

const valuesOf = (query: URLSearchParams) =>
  Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name)]));

const nobody: APIGatewayEventRequestContext['identity'] = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  sourceIp: '127.0.0.1',
  user: null,
  userAgent: null,
  userArn: null,
};

const firstPart = randomUUID();
let requests = 0;
function nextRequestId(): string {
  requests += 1;
  return `${firstPart}-${requests}`;
}

const requestContext: Omit<APIGatewayEventRequestContext, 'path' | 'httpMethod' | 'requestId'> = {
  accountId: '',
  apiId: 'embedded',
  authorizer: null,
  protocol: 'HTTP/1.1',
  identity: nobody,
  requestTimeEpoch: 0,
  resourceId: '',
  resourcePath: '/{proxy+}',
  stage: '',
};

const context: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'embedded',
  functionVersion: '',
  invokedFunctionArn: '',
  memoryLimitInMB: '',
  awsRequestId: '',
  logGroupName: '',
  logStreamName: '',
  getRemainingTimeInMillis: () => Number.MAX_SAFE_INTEGER,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};
