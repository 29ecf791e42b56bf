import type { AgentDefinition, ToolDefinition, ToolSource } from '../define-agent.ts';
import { isModelName } from '../models/model-aliases.ts';
import { approvalOf } from './approval-rule.ts';
import type { Exported } from './exported-tools.ts';
import { type Approval, type Playbook, PlaybookError, type Role, type Task } from './playbook.ts';
import { serversOf } from './playbook-servers.ts';

/** One task as its role works on it. */
export interface PlaybookTask {
  /** `<role>.<task>` */
  readonly id: string;
  readonly title: string;
  /** Ids of the tasks whose results it gets; `undefined` for all before it. */
  readonly context: readonly string[] | undefined;
  readonly definition: AgentDefinition;
}

type Path = readonly PropertyKey[];

/** @throws PlaybookError */
export function tasksOf(
  playbook: Playbook,
  exported: Exported,
  common: CommonPart,
): PlaybookTask[] {
  const rolesKey = playbook.roles ? 'roles' : 'agents';
  const roles = Object.entries(playbook.roles ?? playbook.agents ?? {});
  const servers = serversOf(playbook);
  const tasks: PlaybookTask[] = [];
  for (const [roleId, role] of roles)
    for (const [taskId, task] of tasksOfRole(role)) {
      const path = [rolesKey, roleId];
      const taskPath = [...path, 'tasks', taskId];
      const toolNames = [
        ...(role.tools ?? []).map((name, i) => [name, [...path, 'tools', i]] as const),
        ...(task?.tools ?? []).map((name, i) => [name, [...taskPath, 'tools', i]] as const),
      ];
      const tools = toolNames.flatMap(([name, at]) =>
        name === '' ? [] : [toolNamed(exported, playbook, name, at)],
      );
      tasks.push({
        id: `${roleId}.${taskId}`,
        title: `${role.role ?? roleId}: ${taskId}`,
        context: task?.context?.map((name, i) => earlier(tasks, name, [...taskPath, 'context', i])),
        definition: {
          ...common,
          instructions: instructionsOf(role, roleId, task),
          model: modelOf(playbook, role, exported, path),
          tools: [...new Map(tools.map((tool) => [tool.name, tool])).values()],
          toolSources: sourcesOf(role, servers, path),
        },
      });
    }
  return tasks;
}

function sourcesOf(
  { mcp_servers }: Role,
  servers: ReadonlyMap<string, ToolSource>,
  path: Path,
): ToolSource[] {
  return (mcp_servers ?? []).map((name, i) => {
    const server = servers.get(name);
    if (server) return server;
    const known = [...servers.keys()].join(', ') || 'none at all';
    throw new PlaybookError(
      [...path, 'mcp_servers', i],
      `there is no MCP server ${name}, but ${known}`,
    );
  });
}

export type CommonPart = Omit<AgentDefinition, 'instructions' | 'model' | 'tools' | 'toolSources'>;

/** A role without tasks does what the message says. */
const tasksOfRole = ({ tasks }: Role): (readonly [string, Task | undefined])[] => {
  const named = Object.entries(tasks ?? {});
  return named.length > 0 ? named : [['message', undefined]];
};

function instructionsOf(role: Role, roleId: string, task: Task | undefined): string {
  const persona = [role.backstory, role.instructions].filter((text) => text !== undefined);
  return [
    `Role: ${role.role ?? roleId}`,
    ...(role.goal === undefined ? [] : [`Goal: ${role.goal}`]),
    ...persona,
    ...(task === undefined ? [] : [`Task: ${task.description}`]),
    ...(task?.expected_output === undefined ? [] : [`Expected output: ${task.expected_output}`]),
  ].join('\n\n');
}

function toolNamed({ tools }: Exported, { approval = {} }: Playbook, name: string, path: Path) {
  const tool = tools.get(name);
  if (tool === undefined) {
    const known = [...new Set([...tools.values()].map((one) => one.name))].join(', ');
    throw new PlaybookError(
      path,
      `tools.ts exports no tool ${name}, but ${known || 'none at all'}`,
    );
  }
  const rules = new Map(Object.entries(approval));
  const rule = rules.get(tool.name);
  return rule === undefined ? tool : withApproval(tool, rule);
}

function withApproval(tool: ToolDefinition, rule: Approval): ToolDefinition {
  const { approval: _, ...plain } = tool;
  const approval = approvalOf(rule);
  return approval ? { ...plain, approval } : plain;
}

function modelOf(playbook: Playbook, role: Role, { models }: Exported, path: Path) {
  const [declared, at] =
    role.llm !== undefined
      ? ([role.llm, [...path, 'llm']] as const)
      : playbook.model !== undefined
        ? ([playbook.model, ['model']] as const)
        : ([playbook.llm ?? 'default', ['llm']] as const);
  const written = typeof declared === 'string' ? declared : declared.model;
  const name = isModelName(written) ? written : withColon(written);
  const own = models.get(written);
  if (own === undefined && !isModelName(name))
    throw new PlaybookError(
      at,
      `there is no model ${written}: write provider:model, an alias, or what tools.ts exports`,
    );
  return own ?? name;
}

/** As LiteLLM writes ids: `openai/gpt-4o`. */
const withColon = (name: string) => name.replace(/^ollama\//, 'compatible:').replace('/', ':');

function earlier(tasks: readonly PlaybookTask[], name: string, path: Path): string {
  const found = tasks.find(({ id }) => id === name || id.endsWith(`.${name}`));
  if (found) return found.id;
  throw new PlaybookError(path, `no task before this one is named ${name}`);
}
