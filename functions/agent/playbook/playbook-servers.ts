import type { ToolSource } from '../define-agent.ts';
import { type McpToolsOptions, mcpTools } from '../mcp/mcp-tools.ts';
import { filledIn, type SecretReader } from '../secrets.ts';
import { approvalOf } from './approval-rule.ts';
import { type McpServer, type Playbook, PlaybookError } from './playbook.ts';

/**
 * The MCP servers of a playbook by their names, each one source for all the roles that name it.
 * @throws PlaybookError
 */
export function serversOf({ mcp_servers = {} }: Playbook): ReadonlyMap<string, ToolSource> {
  return new Map(
    Object.entries(mcp_servers).map(([name, server]) => {
      const path = ['mcp_servers', name];
      checkRules(server, path);
      return [name, mcpTools(optionsOf(server))];
    }),
  );
}

/** What the server itself has is known only when it is asked. */
function checkRules({ only, approval = {}, idempotent = [] }: McpServer, path: readonly string[]) {
  if (only === undefined) return;
  const named = [
    ...Object.keys(approval).map((name) => [name, [...path, 'approval', name]] as const),
    ...idempotent.map((name, i) => [name, [...path, 'idempotent', i]] as const),
  ];
  for (const [name, at] of named)
    if (!only.includes(name)) throw new PlaybookError(at, `only has no tool named ${name}`);
}

function optionsOf({ headers = {}, approval = {}, ...server }: McpServer): McpToolsOptions {
  const rules = Object.entries(approval).flatMap(([tool, rule]) => {
    const asked = approvalOf(rule);
    return asked ? [[tool, asked] as const] : [];
  });
  return {
    url: server.url,
    headers: (secret) => filledInAll(headers, secret),
    approval: Object.fromEntries(rules),
    ...(server.only === undefined ? {} : { only: server.only }),
    ...(server.idempotent === undefined ? {} : { idempotent: server.idempotent }),
    ...(server.timeout_seconds === undefined ? {} : { timeoutSeconds: server.timeout_seconds }),
  };
}

async function filledInAll(headers: Readonly<Record<string, string>>, secret: SecretReader) {
  const filled = Object.entries(headers).map(
    async ([name, text]) => [name, await filledIn(text, secret)] as const,
  );
  return Object.fromEntries(await Promise.all(filled));
}
