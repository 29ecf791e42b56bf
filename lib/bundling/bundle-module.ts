import { basename } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { agentsPlugin } from './agents-plugin.ts';
import { assetPlugin } from './asset-plugin.ts';
import type { Assets } from './assets.ts';
import { credentialsPlugin } from './credentials-plugin.ts';
import { localesPlugin } from './locales-plugin.ts';
import { packagePlugin } from './package-plugin.ts';
import type { DeclaredAgent } from './read-agents.ts';
import { repository } from './repository.ts';

interface Options {
  readonly module: string;
  /** Of the file that it becomes, without `.mjs`. */
  readonly name: string;
  readonly assets: Assets;
  /** Where the code finds the assets, relative to itself. */
  readonly assetFolder: '.' | './assets';
  /** @default - none, as it does not reach them */
  readonly agents?: readonly DeclaredAgent[];
  /** Whether what is imported dynamically gets files of its own, beside it. */
  readonly splitting: boolean;
}

/** A file that a module and what it imports became, or a part of them. */
export interface Chunk {
  readonly file: string;
  readonly code: string;
  /** Files that it needs to start. */
  readonly imports: readonly string[];
  /** Files that it may load afterwards. */
  readonly laterImports: readonly string[];
  /** What each source adds to it in bytes. */
  readonly modules: Readonly<Record<string, number>>;
}

const settings = {
  absWorkingDir: repository,
  bundle: true,
  write: false,
  metafile: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  charset: 'utf8',
  legalComments: 'none',
  outdir: 'out',
  outExtension: { '.js': '.mjs' },
  // The CommonJS that packages name as their main entry cannot be shaken.
  mainFields: ['module', 'main'],
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** @throws Error with what esbuild says, by file and line */
export async function bundleModule(options: Options): Promise<readonly Chunk[]> {
  const { module, name, assets, assetFolder, agents = [], splitting } = options;
  // A program lies among the assets, and finds its own beside it.
  const bundleProgram = async (program: string) => {
    const own = { module: program, name: 'program', assets, splitting: false } as const;
    const [chunk] = await bundleModule({ ...own, assetFolder: '.' });
    return Buffer.from(chunk?.code ?? '');
  };
  const { outputFiles, metafile } = await build({
    ...settings,
    splitting,
    entryPoints: [{ in: module, out: name }],
    plugins: [
      packagePlugin,
      localesPlugin,
      credentialsPlugin,
      agentsPlugin(agents),
      assetPlugin({ assets, folder: assetFolder, bundleProgram }),
    ],
  });
  return outputFiles.map(({ path, text }) => toChunk(basename(path), text, metafile));
}

function toChunk(file: string, text: string, { outputs }: Metafile): Chunk {
  const { imports = [], inputs = {} } = outputs[`${settings.outdir}/${file}`] ?? {};
  const filesOf = (kindOfImport: string) =>
    imports
      .filter(({ kind, external }) => kind === kindOfImport && !external)
      .map(({ path }) => basename(path));
  return {
    file,
    code: imports.some(({ kind }) => kind === 'require-call') ? require + text : text,
    imports: filesOf('import-statement'),
    laterImports: filesOf('dynamic-import'),
    modules: Object.fromEntries(
      Object.entries(inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput]),
    ),
  };
}

/** CommonJS in an ES module has no `require` of its own for what Node brings. */
const require =
  "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";
