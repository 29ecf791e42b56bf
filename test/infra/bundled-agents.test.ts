import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import type { BundledAgent } from '#adapters/aws/bundled-agents.ts';
import { agentsPlugin } from '#lib/bundling/agents-plugin.ts';
import { packagePlugin } from '#lib/bundling/package-plugin.ts';
import { readAgents } from '#lib/bundling/read-agents.ts';
import { repository } from '#lib/bundling/repository.ts';
import { AgentDriver } from '../agent/agent-driver.ts';
import { aFolder } from '../builders/an-engine.ts';

const files = {
  'coded.ts': `
    import { defineAgent } from 'longrun/agent';
    import { scriptedModel } from 'longrun/scripted-model';
    export default defineAgent({ id: 'coded', name: 'Coded', description: 'x', instructions: 'x',
      model: scriptedModel(() => ({ text: 'from code' })) });`,
  'agents.yaml': `
id: first
llm: rehearsal
roles: { a: { tasks: { t: { description: Do it } } }, b: {} }
---
id: second
llm: rehearsal
roles: { c: { tools: [look] } }`,
  'tools.ts': `
    import * as z from 'zod';
    import { defineTool } from 'longrun/agent';
    import { scriptedModel } from 'longrun/scripted-model';
    export const look = defineTool({
      name: 'look', description: 'x', input: z.object({}), execute: () => 'seen' });
    export const rehearsal = scriptedModel(({ prompt, results }) =>
      prompt[0].content === 'Role: c' && results.length === 0
        ? { toolCalls: [{ name: 'look', input: {} }] }
        : { text: prompt[0].content + ', ' + results.map(({ value }) => value) });`,
};

function aFolderWithAgents(): string {
  const folder = aFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

it('bundles what code and YAML declare, without anything that reads YAML', async () => {
  const folder = aFolderWithAgents();
  const agents = await readAgents(folder);
  const outfile = join(aFolder(), 'agents.mjs');

  const { metafile } = await build({
    absWorkingDir: repository,
    entryPoints: ['functions/adapters/aws/bundled-agents.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['@ai-sdk/*'],
    plugins: [packagePlugin, agentsPlugin(agents)],
    outfile,
    metafile: true,
  });

  const bundle: { bundledAgents: readonly BundledAgent[] } = await import(
    pathToFileURL(outfile).href
  );
  const answers = bundle.bundledAgents.map(async ({ definition }) => [
    definition.id,
    await new AgentDriver(definition).answer(),
  ]);
  expect(await Promise.all(answers)).toEqual([
    ['first', 'Role: b, '],
    ['second', 'Role: c, seen'],
    ['coded', 'from code'],
  ]);
  expect(bundle.bundledAgents.map(({ version }) => version)).toEqual(
    agents.map(({ card }) => card.version),
  );
  expect(Object.keys(metafile.inputs).filter((path) => path.includes('/yaml/'))).toEqual([]);
});
