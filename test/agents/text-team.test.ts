import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPlaybookFile } from '#adapters/embedded/playbook-file.ts';
import { repository } from '#lib/bundling/repository.ts';
import { AgentDriver } from '../agent/agent-driver.ts';

async function askTheTeam(message: string): Promise<AgentDriver> {
  const [declared] = await readPlaybookFile(join(repository, 'agents/agents.yaml'));
  if (declared === undefined) throw new Error('agents.yaml declares no agent');
  return new AgentDriver(declared.maker, { request: { message } });
}

it.each([
  ['Short. Very short.', 'With 1.5 words a sentence, my advice is: **Leave'],
  [`${'on and '.repeat(30)}on.`, 'With 61 words a sentence, my advice is: **Make two'],
  ['', 'With 0 words a sentence'],
])('reviews %j in the light of its figures', async (message, says) => {
  const driver = await askTheTeam(message);

  const answer = await driver.answer();

  expect(answer).toContain(says);
  expect(driver.toolCalls.map(({ name }) => name)).toEqual(['measure_text']);
});
