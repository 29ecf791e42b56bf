import { createServer, type IncomingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import * as z from 'zod';

const Call = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string(),
  params: z.looseObject({}).optional(),
});
type Call = z.infer<typeof Call>;

export const addTool = {
  name: 'add',
  description: 'Adds two numbers',
  inputSchema: {
    type: 'object',
    properties: { a: { type: 'number' }, b: { type: 'number' } },
    required: ['a', 'b'],
  },
};

interface Options {
  readonly tools?: readonly object[];
  /** Of `tools/call`; `undefined` for never. */
  readonly result?: object | undefined;
  readonly token?: string;
}

/** An MCP server on this machine, over HTTP. */
export async function anMcpServer(options: Options = {}) {
  const { tools = [addTool], token } = options;
  const result = 'result' in options ? options.result : { content: [{ type: 'text', text: '3' }] };
  const calls: Call[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const answers: Record<string, (call: Call) => object | undefined> = {
    initialize: ({ params }) => ({
      protocolVersion: params?.['protocolVersion'],
      capabilities: { tools: {} },
      serverInfo: { name: 'test', version: '1' },
    }),
    'tools/list': ({ params }) => {
      const page = Number(params?.['cursor'] ?? 0);
      const nextCursor = page + 1 < tools.length ? { nextCursor: `${page + 1}` } : {};
      return { tools: tools.slice(page, page + 1), ...nextCursor };
    },
    'tools/call': () => result,
  };
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const call = Call.parse(await json(request));
    calls.push(call);
    headers.push(request.headers);
    if (token && request.headers.authorization !== `Bearer ${token}`)
      return void response.writeHead(403).end(`no: ${request.headers.authorization}`);
    if (call.id === undefined) return void response.writeHead(202).end();
    const answer = answers[call.method]?.(call);
    if (answer === undefined) return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id: call.id, result: answer }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    headers,
    close,
    called: (method: string) => calls.filter((call) => call.method === method),
  };
}
