import type { ListToolsResult, MCPClient } from '@ai-sdk/mcp';
import * as z from 'zod';
import { JsonSchema } from '#core/json-schema.ts';
import type { SourcedTool, ToolApproval, ToolContext, ToolSource } from '../define-agent.ts';
import { withoutSecrets } from '../models/without-secrets.ts';
import { headersFrom, type RequestHeaders, secretsIn } from '../request-headers.ts';
import { MissingSecret, type SecretReader } from '../secrets.ts';
import { ToolSourceError } from '../tool-source.ts';
import { mcpResult } from './mcp-result.ts';

export interface McpToolsOptions {
  /** Of a server that speaks MCP over HTTP. */
  readonly url: string;
  /** Sent along, with a token for example. */
  readonly headers?: RequestHeaders;
  /** Names of the tools to take. @default - all that it has */
  readonly only?: readonly string[];
  /** By the tool's name. @default - run without asking */
  readonly approval?: Readonly<Record<string, 'always' | ToolApproval<unknown>>>;
  /** Names of those that may run twice without harm. @default - none */
  readonly idempotent?: readonly string[];
  /** Of one call. @default 60 */
  readonly timeoutSeconds?: number;
  /** How long its list of tools holds. @default 300 */
  readonly cacheSeconds?: number;
}

type ServerTool = ListToolsResult['tools'][number];

const listTimeoutMs = 15_000;
const listAttempts = 3;
const mostPages = 50;

/** A server as it is asked. */
interface McpServer extends McpToolsOptions {
  readonly secret: SecretReader;
}

/** The tools of an MCP server. Its list is asked for when an agent first runs, and then now and again. */
export function mcpTools(options: McpToolsOptions): ToolSource {
  if (!/^https?:$/.test(URL.parse(options.url)?.protocol ?? ''))
    throw new Error(`the MCP server ${options.url} is no http or https URL`);
  const cacheMs = 1000 * (options.cacheSeconds ?? 300);
  let known: { readonly until: number; readonly tools: readonly SourcedTool[] } | undefined;
  return {
    tools: async (signal, secret) => {
      if (known && known.until > performance.now()) return known.tools;
      const tools = await sourcedTools({ ...options, secret }, signal);
      known = { until: performance.now() + cacheMs, tools };
      return tools;
    },
  };
}

async function sourcedTools(
  options: McpServer,
  signal: AbortSignal,
): Promise<readonly SourcedTool[]> {
  const { only, approval = {}, idempotent = [], url } = options;
  const listed = await patientList(options, signal);
  const names = listed.map(({ name }) => name);
  const missing = [...(only ?? []), ...Object.keys(approval), ...idempotent].find(
    (name) => !names.includes(name),
  );
  // A rule for a tool that there is not would protect nothing.
  if (missing !== undefined)
    throw new ToolSourceError(`The MCP server at ${hostOf(url)} has no tool ${missing}`);
  return listed
    .filter(({ name }) => only?.includes(name) ?? true)
    .map((tool) => toSourced(options, tool));
}

async function patientList(options: McpServer, runSignal: AbortSignal) {
  for (let attempt = 1; ; attempt += 1) {
    const signal = AbortSignal.any([runSignal, AbortSignal.timeout(listTimeoutMs)]);
    try {
      return await withClient(options, signal, (client) => listAll(client, signal));
    } catch (error) {
      runSignal.throwIfAborted();
      if (error instanceof ToolSourceError || attempt === listAttempts)
        throw new ToolSourceError(messageOf(error));
    }
  }
}

async function listAll(client: MCPClient, signal: AbortSignal): Promise<ServerTool[]> {
  const tools: ServerTool[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const params = cursor === undefined ? {} : { params: { cursor } };
    const answer = await client.listTools({ ...params, options: { signal } });
    tools.push(...answer.tools);
    cursor = answer.nextCursor;
    if (cursor === undefined) break;
  }
  return tools;
}

function toSourced(options: McpServer, tool: ServerTool): SourcedTool {
  const { name, description = name, inputSchema } = tool;
  const rule = new Map(Object.entries(options.approval ?? {})).get(name);
  return {
    inputSchema: { ...JsonSchema.parse(inputSchema), type: 'object' },
    tool: {
      name,
      description,
      input: z.looseObject({}),
      timeoutSeconds: options.timeoutSeconds ?? 60,
      idempotent: options.idempotent?.includes(name) ?? false,
      ...(rule === undefined ? {} : { approval: rule === 'always' ? { when: rule } : rule }),
      execute: (input, context) => call(options, name, input, context),
    },
  };
}

async function call(
  options: McpServer,
  name: string,
  input: unknown,
  { signal }: ToolContext,
): Promise<unknown> {
  const args = z.record(z.string(), z.unknown()).parse(input);
  const timeout = 1000 * (options.timeoutSeconds ?? 60);
  const result = await withClient(options, signal, (client) =>
    client.callTool({ name, arguments: args, options: { signal, timeout } }),
  ).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new Error(messageOf(error));
  });
  return mcpResult(result);
}

/** A connection for each use: any process may take the next step. */
async function withClient<T>(
  { url, headers = {}, secret }: McpServer,
  signal: AbortSignal,
  use: (client: MCPClient) => Promise<T>,
): Promise<T> {
  const sent = await headersFrom(headers, secret).catch((error: unknown) => {
    // What went wrong may hold a secret.
    const reason = error instanceof MissingSecret ? error.message : 'its headers cannot be made';
    throw new ToolSourceError(`The MCP server at ${hostOf(url)} cannot be asked: ${reason}`);
  });
  try {
    return await connected(url, sent, signal, use);
  } catch (error) {
    throw new Error(told(url, sent, error), { cause: error });
  }
}

async function connected<T>(
  url: string,
  sent: Readonly<Record<string, string>>,
  signal: AbortSignal,
  use: (client: MCPClient) => Promise<T>,
): Promise<T> {
  const { createMCPClient } = await import('@ai-sdk/mcp');
  const client = await createMCPClient({
    transport: { type: 'http', url, headers: { ...sent } },
    clientName: 'longrun',
    protocolVersionDiscovery: false,
    initializationOptions: { signal },
    onUncaughtError: () => undefined,
  });
  try {
    return await use(client);
  } finally {
    await client.close().catch(() => undefined);
  }
}

const hostOf = (url: string) => new URL(url).host;

function told(url: string, sent: Readonly<Record<string, string>>, error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const clean = withoutSecrets(messageOf(cause), secretsIn(sent));
  return `The MCP server at ${hostOf(url)} cannot be asked: ${clean}`;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
