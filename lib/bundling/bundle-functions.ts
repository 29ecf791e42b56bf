import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { agentsPlugin } from './agents-plugin.ts';
import { assetPlugin } from './asset-plugin.ts';
import { Assets } from './assets.ts';
import type { FunctionBundle, FunctionBundles } from './function-bundle.ts';
import { localesPlugin } from './locales-plugin.ts';
import { packagePlugin } from './package-plugin.ts';
import { type DeclaredAgent, readAgents } from './read-agents.ts';
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
  const { outFolder, functionsFolder = join(repository, 'functions') } = options;
  const agents = await readAgents(options.agentsFolder);
  const names = readdirSync(functionsFolder).filter((name) =>
    existsSync(join(functionsFolder, name, 'handler.ts')),
  );
  const assets = new Assets();
  const entryPoints = names.map((name) => ({
    in: join(functionsFolder, name, 'handler.ts'),
    out: `${name}/handler`,
  }));
  const { outputFiles, metafile } = await build({
    ...buildOptions(assets, './assets', agents),
    entryPoints,
    outdir: outFolder,
    metafile: true,
  });
  const bundles = names.map(async (name): Promise<FunctionBundle> => {
    const folder = join(outFolder, name);
    const file = join(folder, 'handler.mjs');
    const { text = '' } = outputFiles.find(({ path }) => path === file) ?? {};
    const output = outputOf(metafile, name);
    const code = withRequire(text, output);
    await mkdir(folder, { recursive: true });
    await writeFile(file, code);
    await assets.writeNamedIn(code, join(folder, 'assets'));
    return { name, folder, bytes: Buffer.byteLength(code), modules: modulesOf(output) };
  });
  return new Map((await Promise.all(bundles)).map((bundle) => [bundle.name, bundle]));
}

const buildOptions = (assets: Assets, folder: string, agents: readonly DeclaredAgent[]) =>
  ({
    absWorkingDir: repository,
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    charset: 'utf8',
    legalComments: 'none',
    outExtension: { '.js': '.mjs' },
    // The CommonJS that packages name as their main entry cannot be shaken.
    mainFields: ['module', 'main'],
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    logLevel: 'silent',
    plugins: [
      packagePlugin,
      localesPlugin,
      agentsPlugin(agents),
      assetPlugin({ assets, folder, bundleProgram: (file) => bundleProgram(assets, file) }),
    ],
  }) as const satisfies BuildOptions;

/** A program lies among the assets, and finds its own there. */
async function bundleProgram(assets: Assets, file: string): Promise<Uint8Array> {
  const { outputFiles, metafile } = await build({
    ...buildOptions(assets, '.', []),
    entryPoints: [file],
    outfile: 'program.mjs',
    metafile: true,
  });
  return Buffer.from(withRequire(outputFiles[0]?.text ?? '', outputOf(metafile, 'program')));
}

type Output = Metafile['outputs'][string];

function outputOf({ outputs }: Metafile, name: string): Output {
  const found = Object.entries(outputs).find(
    ([path]) => path.endsWith(`${name}/handler.mjs`) || path === `${name}.mjs`,
  );
  if (found === undefined) throw new Error(`esbuild has made nothing of ${name}`);
  return found[1];
}

/** CommonJS in an ES module has no `require` for what Node brings. */
const withRequire = (code: string, { imports }: Output) =>
  imports.some(({ kind }) => kind === 'require-call')
    ? `import{createRequire}from'node:module';const require=createRequire(import.meta.url);${code}`
    : code;

const modulesOf = ({ inputs }: Output) =>
  Object.fromEntries(
    Object.entries(inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput]),
  );
