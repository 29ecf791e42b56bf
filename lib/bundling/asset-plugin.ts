import { readFile, stat } from 'node:fs/promises';
import { dirname, extname, relative, resolve } from 'node:path';
import { type OnLoadResult, type PartialMessage, type Plugin, transform } from 'esbuild';
import type { Assets } from './assets.ts';
import { repository } from './repository.ts';

const script = /\.m?[jt]s$/;
const programExtensions: readonly string[] = ['.ts', '.mts', '.mjs'];
/** As esbuild prints it: without comments, with double quotes where that is possible. */
const fileOfModule = /new URL\((?:(["'`])([^"'`$]+)\1|([^()]+?)), import\.meta\.url\)/g;
const isAbsolute = (url: string) => /^(?:[a-z][a-z\d+.-]*:|\/)/i.test(url);

interface Options {
  readonly assets: Assets;
  /** Where the bundle finds the assets, relative to itself: `.` or `./assets`. */
  readonly folder: string;
  /** Bundles a module that is started as a program of its own. */
  bundleProgram(file: string): Promise<Uint8Array>;
}

/**
 * Makes every file that a module names with `new URL('./file', import.meta.url)` an asset of the
 * bundle; one that is a module itself is bundled for that.
 */
export const assetPlugin = (options: Options): Plugin => ({
  name: 'assets',
  setup: (build) => {
    build.onLoad({ filter: script }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return source.includes('import.meta.url') ? load(options, path, source) : undefined;
    });
  },
});

async function load(options: Options, path: string, source: string): Promise<OnLoadResult> {
  const { code } = await transform(source, {
    loader: extname(path).endsWith('ts') ? 'ts' : 'js',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    target: 'node24',
    charset: 'utf8',
  });
  const errors: PartialMessage[] = [];
  const names = new Map<string, string>();
  for (const [whole, , url, expression] of code.matchAll(fileOfModule)) {
    if (url !== undefined && isAbsolute(url)) continue;
    const outcome = await toAsset(options, path, url, expression);
    if ('name' in outcome) names.set(whole, outcome.name);
    else if (outcome.problem) errors.push(at(path, source, url ?? expression, outcome.problem));
  }
  const contents = code.replace(fileOfModule, (whole) => {
    const name = names.get(whole);
    return name ? `new URL("${options.folder}/${name}", import.meta.url)` : whole;
  });
  return { contents, loader: 'js', resolveDir: dirname(path), errors };
}

async function toAsset(
  { assets, bundleProgram }: Options,
  module: string,
  url: string | undefined,
  expression: string | undefined,
): Promise<{ readonly name: string } | { readonly problem: string | undefined }> {
  if (url === undefined)
    return module.includes('node_modules')
      ? { problem: undefined }
      : { problem: `new URL(${expression}, import.meta.url): the file must be named literally` };
  const file = resolve(dirname(module), decodeURIComponent(url));
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile())
    return { problem: `there is no file ${relative(repository, file)} to bundle` };
  if (!programExtensions.includes(extname(file)))
    return { name: assets.add(file, await readFile(file)) };
  const program = `${file.slice(0, -extname(file).length)}.mjs`;
  return { name: assets.add(program, await bundleProgram(file)) };
}

function at(file: string, source: string, what = '', text: string): PartialMessage {
  const lines = source.split('\n');
  const index = lines.findIndex((line) => line.includes(what) && line.includes('new URL('));
  const line = index === -1 ? lines.findIndex((one) => one.includes(what)) : index;
  const lineText = lines[line] ?? '';
  const column = Math.max(0, lineText.indexOf(what));
  return { text, location: { file, line: line + 1, column, lineText } };
}
