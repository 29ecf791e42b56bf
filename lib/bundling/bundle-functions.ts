import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunction } from './bundle-function.ts';
import type { FunctionBundles } from './function-bundle.ts';
import { readAgents } from './read-agents.ts';
import { repository } from './repository.ts';

interface Options {
  /** Gets one folder for each function. */
  readonly outFolder: string;
  /** One file an agent. */
  readonly agentsFolder: string;
  /** @default - this package's own */
  readonly functionsFolder?: string;
}

/** Bundles every folder of functions that has a `handler.ts`. The same sources give the same bytes. */
export async function bundleFunctions(options: Options): Promise<FunctionBundles> {
  const { outFolder, agentsFolder, functionsFolder = join(repository, 'functions') } = options;
  const agents = await readAgents(agentsFolder);
  const names = readdirSync(functionsFolder).filter((name) =>
    existsSync(join(functionsFolder, name, 'handler.ts')),
  );
  const bundles = await Promise.all(
    names.map((name) =>
      bundleFunction({
        name,
        handler: join(functionsFolder, name, 'handler.ts'),
        folder: join(outFolder, name),
        agents,
      }),
    ),
  );
  return new Map(bundles.map((bundle) => [bundle.name, bundle]));
}
