import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ToolContext } from 'longrun/agent';
import opsAgent from '../../agents/ops-agent.ts';
import { aToolContext } from './a-tool-context.ts';

const folderOf = (orgId: string) => join(process.env['DATA_DIR'] ?? '', 'ops-demo', orgId);

/** Calls a tool of the agent with arguments that its schema has checked. */
export async function callTool(
  name: string,
  input: unknown,
  context: Partial<ToolContext> = {},
): Promise<unknown> {
  const tool = opsAgent.tools?.find((candidate) => candidate.name === name);
  if (!tool) throw new Error(`There is no tool ${name}`);
  return await tool.execute(tool.input.parse(input), aToolContext(context));
}

/** What the database really holds: its tables, the demo's own ones included, and their row counts. */
export function storedTables(orgId = 'acme'): Record<string, number> {
  using database = new DatabaseSync(join(folderOf(orgId), 'demo.sqlite'), { readOnly: true });
  const names = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  return Object.fromEntries(
    names.map(({ name }) => [
      String(name),
      Number(database.prepare(`SELECT COUNT(*) AS n FROM "${name}"`).get()?.['n']),
    ]),
  );
}

/** The emails in the outbox, drafts that were never sent left out. */
export function sentEmails(orgId = 'acme'): string[] {
  const outbox = join(folderOf(orgId), 'outbox');
  if (!existsSync(outbox)) return [];
  return readdirSync(outbox)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => readFileSync(join(outbox, name), 'utf8'));
}
