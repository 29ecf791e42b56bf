import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addStacks } from '#lib/add-stacks.ts';
import { bundleFunctions } from '#lib/bundling/bundle-functions.ts';
import { readAgents } from '#lib/bundling/read-agents.ts';
import { stageConfigOf } from '#lib/stage-config.ts';

/** Runs under the CDK's command line, which says by the environment where the assembly goes. */
const outFolder = await mkdtemp(join(tmpdir(), 'longrun-bundles-'));
try {
  // Else an app that made no sense would be synthesized at the end all the same.
  const app = new App({ autoSynth: false });
  const config = stageConfigOf(app);
  // What is deployed follows from its settings alone: agents are read in this process.
  process.env['LONGRUN_MODEL'] = config.chatModel ?? '';
  const agentsFolder = resolve(config.agents);
  const bundles = await bundleFunctions({ outFolder, agentsFolder });
  const agents = await readAgents(agentsFolder);
  addStacks(
    app,
    config,
    bundles,
    agents.map(({ card }) => card),
  );
  app.synth();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(outFolder, { recursive: true });
}
