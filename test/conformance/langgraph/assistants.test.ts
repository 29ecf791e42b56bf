import { describe, expect, it } from 'vitest';
import { finance, ops } from '../agents.ts';
import { clientOf, sdks } from './sdk.ts';

describe.each(sdks)('with the JavaScript SDK %s an assistant', (sdk) => {
  const client = clientOf(sdk);
  const assistant = async (graphId: string) => {
    const [found] = await client.assistants.search({ graphId });
    if (found === undefined) throw new Error(`There is no assistant ${graphId}`);
    return found;
  };

  it('is an agent, found by its name and got by its id', async () => {
    const found = await assistant(finance);

    expect(found).toMatchObject({ graph_id: finance, version: 1 });
    expect(await client.assistants.get(found.assistant_id)).toEqual(found);
  });

  it('has a graph and schemas', async () => {
    const { assistant_id } = await assistant(ops);

    const graph = await client.assistants.getGraph(assistant_id);
    const schemas = await client.assistants.getSchemas(assistant_id);

    expect(graph.nodes.map(({ id }) => id)).toEqual(['__start__', 'agent', 'tools', '__end__']);
    expect(schemas).toMatchObject({ graph_id: ops, input_schema: { type: 'object' } });
  });

  it('is not made by callers', async () => {
    const refused = client.assistants.create({ graphId: finance });

    await expect(refused).rejects.toMatchObject({ status: 405 });
  });
});
