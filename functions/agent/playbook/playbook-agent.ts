import type { AgentMaker } from '../agent-declaration.ts';
import { loopOf, makeAgent } from '../make-agent.ts';
import { isModelName } from '../models/model-aliases.ts';
import { environmentSecret } from '../secrets.ts';
import { sourcedStep } from '../tool-source.ts';
import { exportedOf } from './exported-tools.ts';
import { type Playbook, PlaybookError } from './playbook.ts';
import { type CommonPart, type PlaybookTask, tasksOf } from './playbook-tasks.ts';
import { stepTasks } from './step-tasks.ts';

/**
 * The agent that a playbook declares: it works on the tasks of its roles, one after the other.
 * @param tools the module whose exports the playbook names
 * @throws PlaybookError
 */
export function playbookAgent(
  playbook: Playbook & { readonly id: string },
  tools: unknown,
): AgentMaker {
  const common = commonOf(playbook);
  const tasks = tasksOf(playbook, exportedOf(tools), common);
  checkNames(playbook, tasks);
  const [first] = tasks;
  if (first === undefined) throw new Error('a playbook without a task');
  return {
    id: common.id,
    make: (workshop) => {
      const { version, blobs, reach } = workshop;
      const cards = tasks.map(({ definition }) => makeAgent(definition, version, blobs, reach));
      const secret = reach?.secret ?? environmentSecret;
      const loops = tasks.map(({ definition, ...task }) => ({
        ...task,
        loop: loopOf(definition, workshop),
        take: sourcedStep(definition.toolSources ?? [], secret),
      }));
      return {
        ...makeAgent(first.definition, version, blobs, reach),
        instructions: [...new Set(cards.map(({ instructions }) => instructions))].join(
          '\n\n---\n\n',
        ),
        models: [...new Set(cards.flatMap(({ models }) => models))],
        tools: [...new Set(cards.flatMap(({ tools: names }) => names))],
        ...(tasks.length > 1 ? { tasks: tasks.map(({ id }) => id) } : {}),
        hasMoreTools: cards.some(({ hasMoreTools = false }) => hasMoreTools),
        step: (input) => stepTasks(loops, input),
      };
    },
  };
}

/** A rule for a tool that there is not would protect nothing. */
function checkNames(
  { approval = {}, other_models = [], mcp_servers = {}, ...playbook }: Playbook,
  tasks: readonly PlaybookTask[],
) {
  const tools = tasks.flatMap(({ definition }) => definition.tools ?? []).map(({ name }) => name);
  for (const name of Object.keys(approval))
    if (!tools.includes(name))
      throw new PlaybookError(
        ['approval', name],
        `no role has a tool named ${name}; a rule for a tool of an MCP server stands with the server`,
      );
  const roles = Object.values(playbook.roles ?? playbook.agents ?? {});
  const servers = roles.flatMap((role) => role.mcp_servers ?? []);
  for (const name of Object.keys(mcp_servers))
    if (!servers.includes(name))
      throw new PlaybookError(['mcp_servers', name], 'no role has it among its mcp_servers');
  for (const [i, name] of other_models.entries())
    if (!isModelName(name))
      throw new PlaybookError(['other_models', i], `there is no model ${name}`);
}

function commonOf(playbook: Playbook & { readonly id: string }): CommonPart {
  const { id, name, description, topic, input, other_models, accepts, limits } = playbook;
  const roles = Object.keys(playbook.roles ?? playbook.agents ?? {});
  const { approvals } = playbook;
  return {
    id,
    name: name ?? topic ?? input ?? id,
    description: description ?? topic ?? input ?? `In turn: ${roles.join(', ')}.`,
    ...(other_models === undefined ? {} : { otherModels: other_models }),
    ...(accepts === undefined ? {} : { accepts }),
    ...(playbook.organisations === undefined ? {} : { organisations: playbook.organisations }),
    ...(approvals === undefined
      ? {}
      : { approvals: { deciders: approvals.deciders, notRequester: approvals.not_requester } }),
    limits: {
      ...(limits?.max_steps === undefined ? {} : { maxSteps: limits.max_steps }),
      ...(limits?.max_tokens === undefined ? {} : { maxTokens: limits.max_tokens }),
      ...(limits?.max_seconds === undefined ? {} : { maxSeconds: limits.max_seconds }),
    },
  };
}
