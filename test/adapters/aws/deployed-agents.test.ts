import { describe, expect, it } from 'vitest';
import { directoryOf } from '#adapters/aws/agent-directory.ts';
import type { BundledAgent } from '#adapters/aws/bundled-agents.ts';
import { secretsOf } from '#adapters/aws/deployed-secrets.ts';
import { AgentCard } from '#core/run/agents.ts';
import { anAgent } from '../../builders/an-agent.ts';
import { bundleAgents, noBlobs } from './bundle-agents.ts';

const open = { definition: anAgent({ id: 'open' }), version: 'v7' };
const closed = { definition: anAgent({ id: 'closed', organisations: ['acme'] }), version: 'v8' };

async function deploy(...agents: readonly BundledAgent[]) {
  bundleAgents(...agents);
  const { agentDirectory } = await import('#adapters/aws/agent-directory.ts');
  const { deployedAgents } = await import('#adapters/aws/deployed-agents.ts');
  return {
    directory: agentDirectory(),
    agents: deployedAgents(noBlobs, noSecrets, () => undefined),
  };
}

const noSecrets = secretsOf(async () => ({}));

const ids = (cards: readonly AgentCard[]) => cards.map(({ id }) => id);

describe('the deployed agents', () => {
  it('are those of the bundle, with their versions', async () => {
    const { directory, agents } = await deploy(open, closed);

    expect(agents.find('open', 'acme')).toMatchObject({ id: 'open', version: 'v7' });
    expect(directory.find('closed', 'acme')).toMatchObject({ id: 'closed', version: 'v8' });
  });

  it('are, to an organisation, those that it may see', async () => {
    const { directory, agents } = await deploy(open, closed);

    for (const deployed of [directory, agents]) {
      expect(ids(deployed.list('acme'))).toEqual(['open', 'closed']);
      expect(ids(deployed.list('other'))).toEqual(['open']);
      expect(deployed.find('closed', 'other')).toBeUndefined();
    }
  });

  it.each(['nobody', '', 'constructor', '__proto__'])('do not include %j', async (agentId) => {
    const { directory, agents } = await deploy(open);

    expect(directory.find(agentId, 'acme')).toBeUndefined();
    expect(agents.find(agentId, 'acme')).toBeUndefined();
  });

  it('are the same by their cards and with their code', async () => {
    const { directory, agents } = await deploy(open, closed);

    const cards = agents.list('acme').map((agent) => AgentCard.parse(agent));

    expect(directory.list('acme')).toEqual(cards);
  });

  it('are none in a bundle that has none', async () => {
    const { directory, agents } = await deploy();

    expect([directory.list('acme'), agents.list('acme')]).toEqual([[], []]);
  });

  it('take a step with what they are given', async () => {
    const { agents } = await deploy({
      definition: anAgent({ id: 'open', script: ({ message }) => ({ text: message }) }),
      version: 'v1',
    });

    const result = await agents.find('open', 'acme')?.step({
      run: { orgId: 'acme', runId: 'run', sessionId: 'session', userId: 'ann' },
      step: 1,
      usage: { inputTokens: 0, outputTokens: 0 },
      request: { message: 'hello', media: [], options: {}, generateFollowups: false, context: {} },
      history: [],
      messages: [],
      state: undefined,
      decision: undefined,
      signal: new AbortController().signal,
      emit: () => undefined,
      begin: async () => undefined,
      begun: undefined,
    });

    expect(result?.outcome).toMatchObject({ kind: 'done', output: { content: 'hello' } });
  });
});

describe('a directory', () => {
  it('hands out the cards that it was made of', () => {
    const card = { ...AgentCard.parse(aCard), more: 'than a card' };

    expect(directoryOf([card]).find('agent', 'acme')).toBe(card);
  });
});

const aCard: AgentCard = {
  id: 'agent',
  name: 'Agent',
  description: '',
  instructions: '',
  model: 'm',
  models: ['m'],
  tools: [],
  accepts: [],
  organisations: null,
  version: 'v1',
  maxSeconds: 1,
};
