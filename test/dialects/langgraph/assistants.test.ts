import { expect, it } from 'vitest';
import { assistantIdOf, findAssistant } from '#api/dialects/langgraph/assistants/assistants.ts';
import { anEngine } from '../../builders/an-engine.ts';

it('gives an agent the id that a graph of its name has in LangGraph', () => {
  expect(assistantIdOf('agent')).toBe('fe096781-5601-53d2-b2f6-0d3403f7e9ca');
});

it.each([
  ['name', 'echo'],
  ['id', assistantIdOf('echo')],
  ['id in capitals', assistantIdOf('echo').toUpperCase()],
])('finds an agent by its %s', async (_, assistantId) => {
  const { deps } = await anEngine({ idle: true });

  expect(findAssistant(deps.agents, assistantId, 'acme')?.id).toBe('echo');
});

it('finds no agent by another name or id', async () => {
  const { deps } = await anEngine({ idle: true });

  expect(findAssistant(deps.agents, 'ECHO', 'acme')).toBeUndefined();
  expect(findAssistant(deps.agents, assistantIdOf('other'), 'acme')).toBeUndefined();
});
