import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import type { FunctionBundle } from '#lib/bundling/function-bundle.ts';
import { runBundler } from './run-bundler.ts';

const adapters = join(import.meta.dirname, '../../functions/adapters/aws');

/** Gives back what stands for the agents in a bundle, and what their first tools say. */
const aHandler = `
import { bundledAgentCards } from '${adapters}/bundled-agent-cards.ts';
import { bundledAgents } from '${adapters}/bundled-agents.ts';

export const handler = async () => ({
  cards: bundledAgentCards,
  agents: bundledAgents.map(({ definition, version }) => ({ id: definition.id, version })),
  said: await Promise.all(bundledAgents.map(({ definition }) => definition.tools[0]?.execute({}, {}))),
});
`;

/** An agent whose tool does what \`execute\` says. */
export const anAgent = (execute: string, head = '') => `
import { defineAgent, defineTool } from 'longrun/agent';
import { scriptedModel } from 'longrun/scripted-model';
import * as z from 'zod';
${head}

const say = defineTool({ name: 'say', description: 'Says something.', input: z.object({}), execute: async () => ${execute} });

export default defineAgent({
  id: 'greeter', name: 'Greeter', description: 'Greets.', instructions: 'Greet.',
  organisations: ['acme'], tools: [say], model: scriptedModel(() => ({ text: 'Hello' })),
});
`;

/** Functions and agents outside of this repository. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), 'longrun-workspace-'));
  #bundled = 0;

  constructor(files: Readonly<Record<string, string>>) {
    const all = { 'functions/talk/handler.ts': aHandler, ...files };
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
    onTestFinished(() => rmSync(this.folder, { recursive: true }));
  }

  bundle(): Promise<readonly FunctionBundle[]> {
    this.#bundled += 1;
    return runBundler({
      outFolder: join(this.folder, `out-${this.#bundled}`),
      agentsFolder: join(this.folder, 'agents'),
      functionsFolder: join(this.folder, 'functions'),
    });
  }
}

/** Calls the handler of a bundle in a process of its own, which has nothing but the bundle. */
export async function call({ folder }: Pick<FunctionBundle, 'folder'>): Promise<unknown> {
  const program = `const { handler } = await import('${folder}/handler.mjs'); console.log(JSON.stringify(await handler()))`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { env: {}, cwd: tmpdir() },
  );
  return JSON.parse(stdout);
}

/** The files of a folder with what is in them, by their names in it. */
export const filesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]),
  );
