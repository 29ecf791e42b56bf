import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import type { DeclaredAgent } from './read-agents.ts';
import { repository } from './repository.ts';

/** Puts the agents, and their cards, in the place of the modules that stand for them. */
export const agentsPlugin = (agents: readonly DeclaredAgent[]): Plugin => ({
  name: 'agents',
  setup: (build) => {
    const modules = modulesOf(agents);
    build.onLoad({ filter: /[\\/]bundled-agent(?:s|-cards)\.ts$/ }, ({ path }) => {
      const contents = modules.get(path);
      return contents === undefined
        ? undefined
        : { contents, loader: 'js', resolveDir: dirname(path) };
    });
  },
});

const modulesOf = (agents: readonly DeclaredAgent[]): ReadonlyMap<string, string> => {
  const cards = JSON.stringify(agents.map(({ card }) => card));
  return new Map([
    [join(folder, 'bundled-agent-cards.ts'), `export const bundledAgentCards = ${cards};`],
    [
      join(folder, 'bundled-agents.ts'),
      [
        ...agents.map(toDeclaration),
        `export const bundledAgents = [${agents.map(toEntry).join(', ')}];`,
      ].join('\n'),
    ],
  ]);
};

const folder = join(repository, 'functions/adapters/aws');

/** A playbook is read where it is bundled: what is deployed needs no YAML. */
const toDeclaration = ({ file, source }: DeclaredAgent, i: number): string =>
  source === undefined
    ? `import agent${i} from ${JSON.stringify(file)};`
    : [
        `import { playbookAgent as make${i} } from ${JSON.stringify(playbookAgentFile)};`,
        source.toolsFile
          ? `import * as tools${i} from ${JSON.stringify(source.toolsFile)};`
          : `const tools${i} = {};`,
        `const agent${i} = make${i}(${JSON.stringify(source.playbook)}, tools${i});`,
      ].join('\n');

const playbookAgentFile = join(repository, 'functions/agent/playbook/playbook-agent.ts');

const toEntry = ({ card }: DeclaredAgent, i: number) =>
  `{ definition: agent${i}, version: ${JSON.stringify(card.version)} }`;
