import { ApiError } from '#api/api-error.ts';
import type { Operations } from '#api/contract.ts';
import type { DialectDeps } from '#api/dialect-deps.ts';
import type { DescribeApi } from '#api/open-api.ts';
import type { AgentCard } from '#core/run/agents.ts';
import { RunError } from '#core/run/run-error.ts';
import { logIn } from '#core/tenant/log-in.ts';
import { hasUsers } from '#core/tenant/users.ts';
import type { serviceContract } from './contract.ts';

export const serviceOperations = (
  deps: DialectDeps,
  describeApi: DescribeApi,
): Operations<typeof serviceContract> => ({
  listAgents: async ({ principal }) => ({
    body: deps.agents.list(principal.orgId).map(toAgent),
  }),

  getAgent: async ({ params, principal }) => {
    const agent = deps.agents.find(params.agentId, principal.orgId);
    if (agent) return { body: toAgent(agent) };
    throw new RunError('agent_not_found', `There is no agent ${params.agentId}.`);
  },

  listTools: async ({ principal }) => {
    const tools = deps.agents
      .list(principal.orgId)
      .flatMap(({ id: category, tools }) => tools.map((tool) => ({ ...tool, category })));
    const isFirst = ({ name }: { name: string }, i: number) =>
      tools.findIndex((tool) => tool.name === name) === i;
    return {
      body: tools.filter(isFirst).map(({ name, description, category }) => ({
        id: name,
        label: name,
        desc: description,
        category,
      })),
    };
  },

  logIn: async ({ body }) => {
    if (!(await hasUsers(deps)))
      throw new ApiError('route_not_found', 'Nobody can log in here: there are no users.');
    const loggedIn = await logIn(deps, body);
    if (loggedIn === undefined)
      throw new ApiError('unauthorized', 'Username and password do not belong together.');
    const { user, token } = loggedIn;
    return {
      body: {
        token,
        type: 'Bearer',
        // What its client sends as a run's user.
        id: user.username,
        username: user.username,
        email: user.email,
        roles: ['ROLE_USER', ...user.groups],
      },
    };
  },

  listProviderCredentials: async () => ({ body: [] }),

  serviceHealth: async () => ({ body: { status: 'UP' } }),

  describeApi: async ({ baseUrl }) => ({ body: describeApi(baseUrl) }),
});

const toAgent = ({ id, name, description, model, instructions, tools }: AgentCard) => ({
  agentId: id,
  name,
  description,
  model,
  instructions,
  tools: tools.map((tool) => tool.name),
  isTeam: false,
  active: true,
});
