import { describe, expect, it } from 'vitest';
import { assistantIdOf } from '#api/dialects/langgraph/assistants/assistants.ts';
import { toGraph, toSchemas } from '#api/dialects/langgraph/assistants/views.ts';
import { validatorOf } from '#core/json-schema.ts';
import { anAgent, echoAgent, workingAgent } from '../../builders/an-agent.ts';
import { anApi } from '../../builders/an-api.ts';
import { anEngine } from '../../builders/an-engine.ts';

const agents = [
  echoAgent(),
  workingAgent(() => undefined, { name: 'Worker', description: 'Works.' }),
  anAgent({ id: 'agent', name: 'Zoe' }),
];
const anApiWithAgents = () => anApi({ agents });
const assistant = (id: string, name: string, description: string) => ({
  assistant_id: assistantIdOf(id),
  graph_id: id,
  config: {},
  context: {},
  metadata: { created_by: 'system' },
  name,
  description,
  created_at: expect.any(String),
  updated_at: expect.any(String),
  version: 1,
});

describe('a search for assistants', () => {
  const search = async (json: unknown) => {
    const { call } = await anApiWithAgents();
    return call({ path: '/assistants/search', json });
  };
  const idsOf = (json: unknown) =>
    expect.objectContaining({ json: Array.isArray(json) ? json : [] });

  it('finds the agents', async () => {
    const { status, json, headers } = await search({});

    expect(status).toBe(200);
    expect(json).toContainEqual(assistant('worker', 'Worker', 'Works.'));
    expect(json).toHaveLength(3);
    expect(headers).toMatchObject({ 'x-pagination-total': '3' });
    expect(headers).not.toHaveProperty('x-pagination-next');
  });

  it('goes page by page', async () => {
    const first = await search({ limit: 2, sort_by: 'graph_id', sort_order: 'asc' });
    const rest = await search({ limit: 2, offset: 2, sort_by: 'graph_id', sort_order: 'asc' });

    expect(first.headers).toMatchObject({ 'x-pagination-next': '2', 'x-pagination-total': '3' });
    expect(first.json).toMatchObject([{ graph_id: 'agent' }, { graph_id: 'echo' }]);
    expect(rest.json).toMatchObject([{ graph_id: 'worker' }]);
    expect(rest.headers).not.toHaveProperty('x-pagination-next');
  });

  it.each([
    [{ graph_id: 'echo' }, ['echo']],
    [{ name: 'WORK' }, ['worker']],
    [{ metadata: { created_by: 'system' }, name: 'zoe' }, ['agent']],
    [{ metadata: { created_by: 'user' } }, []],
    [{ sort_by: 'name', sort_order: 'asc', limit: 1, offset: 2 }, ['agent']],
    [{ sort_by: 'graph_id', sort_order: 'desc', limit: 1 }, ['worker']],
  ])('asked for %j finds %j', async (asked, found) => {
    const { json } = await search(asked);

    expect(json).toMatchObject(found.map((graph_id) => ({ graph_id })));
    expect(json).toHaveLength(found.length);
  });

  it('gives the fields that are selected', async () => {
    expect(await search({ graph_id: 'echo', select: ['graph_id', 'name'] })).toEqual(
      idsOf([{ graph_id: 'echo', name: 'Agent' }]),
    );
  });

  it('refuses what is no search', async () => {
    const { status, json } = await search({ limit: 0 });

    expect(status).toBe(422);
    expect(json).toEqual({ detail: expect.stringContaining('limit') });
  });
});

it('counts the agents', async () => {
  const { call } = await anApiWithAgents();

  expect(await call({ path: '/assistants/count', json: {} })).toMatchObject({ text: '3' });
  expect(await call({ path: '/assistants/count', json: { name: 'zoe' } })).toMatchObject({
    text: '1',
  });
});

describe('an assistant', () => {
  it('is found by its id', async () => {
    const { call } = await anApiWithAgents();

    const { json } = await call({ path: `/assistants/${assistantIdOf('worker')}` });

    expect(json).toEqual(assistant('worker', 'Worker', 'Works.'));
  });

  it.each([
    ['worker', 422, 'Invalid assistant ID: must be a UUID'],
    [assistantIdOf('nobody'), 404, 'Not Found'],
  ])('by %s is answered with %d', async (id, status, detail) => {
    const { call } = await anApiWithAgents();

    expect(await call({ path: `/assistants/${id}` })).toMatchObject({ status, json: { detail } });
  });

  it.each(['worker', assistantIdOf('worker')])('named %s has a graph and schemas', async (id) => {
    const { call } = await anApiWithAgents();

    const [graph, schemas, subgraphs] = await Promise.all(
      ['graph', 'schemas', 'subgraphs'].map((part) => call({ path: `/assistants/${id}/${part}` })),
    );

    expect(graph?.json).toMatchObject({ nodes: expect.any(Array), edges: expect.any(Array) });
    expect(schemas?.json).toMatchObject({ graph_id: 'worker' });
    expect(subgraphs?.json).toEqual({});
  });

  it.each(['graph', 'schemas', 'subgraphs'])('that there is not has no %s', async (part) => {
    const { call } = await anApiWithAgents();

    expect(await call({ path: `/assistants/nobody/${part}` })).toMatchObject({ status: 404 });
  });
});

const cardOf = async (id: string) => {
  const { deps } = await anEngine({ agents, idle: true });
  const card = deps.agents.list('acme').find((one) => one.id === id);
  if (card === undefined) throw new Error(`There is no agent ${id}`);
  return card;
};

describe('the graph of an agent', () => {
  const namesOf = ({ nodes, edges }: ReturnType<typeof toGraph>) => ({
    nodes: nodes.map(({ id }) => id),
    edges: edges.map(({ source, target }) => `${source} ${target}`),
  });

  it('is one node where it has no tools', async () => {
    expect(namesOf(toGraph(await cardOf('echo')))).toEqual({
      nodes: ['__start__', 'agent', '__end__'],
      edges: ['__start__ agent', 'agent __end__'],
    });
  });

  it('goes to its tools and back', async () => {
    expect(namesOf(toGraph(await cardOf('worker')))).toEqual({
      nodes: ['__start__', 'agent', 'tools', '__end__'],
      edges: ['__start__ agent', 'agent __end__', 'agent tools', 'tools agent'],
    });
  });

  it('has a node for each task of a playbook', async () => {
    const card = { ...(await cardOf('echo')), tasks: ['writer.draft', 'editor.edit'] };

    expect(namesOf(toGraph(card))).toEqual({
      nodes: ['__start__', 'writer.draft', 'editor.edit', '__end__'],
      edges: ['__start__ writer.draft', 'writer.draft editor.edit', 'editor.edit __end__'],
    });
  });
});

it('describes an input that the service takes', async () => {
  const { input_schema } = toSchemas(await cardOf('echo'));

  const schema = validatorOf(input_schema);

  expect(schema.safeParse({ messages: [{ role: 'user', content: 'hi' }] }).success).toBe(true);
  expect(schema.safeParse({ messages: [{ type: 'human', content: [] }], x: 1 }).success).toBe(true);
  expect(schema.safeParse({ messages: 'hi' }).success).toBe(false);
});

it.each(['/ok', '/info'])('tells everybody at %s that it is there', async (path) => {
  const { call } = await anApi();

  expect(await call({ path, headers: {} })).toMatchObject({ status: 200 });
});

it.each([
  ['POST', '/assistants', 405, 'declares in code'],
  ['PATCH', `/assistants/${assistantIdOf('echo')}`, 405, 'declares in code'],
  ['DELETE', `/assistants/${assistantIdOf('echo')}`, 405, 'declares in code'],
  ['POST', `/assistants/${assistantIdOf('echo')}/versions`, 405, 'one version'],
  ['POST', '/runs/crons', 405, 'Crons are not served'],
  ['PUT', '/store/items', 405, 'store is not served'],
  ['GET', '/store/nothing', 404, 'no path'],
])('says why there is no %s %s', async (httpMethod, path, status, detail) => {
  const { call } = await anApi();

  expect(await call({ httpMethod, path })).toMatchObject({
    status,
    json: { detail: expect.stringContaining(detail) },
  });
});

it('asks for a credential in its own words', async () => {
  const { call } = await anApi();

  expect(await call({ path: '/assistants/search', json: {}, headers: {} })).toMatchObject({
    status: 401,
    json: { detail: expect.any(String) },
  });
});
