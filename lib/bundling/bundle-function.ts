import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Assets } from './assets.ts';
import { bundleModule, type Chunk } from './bundle-module.ts';
import type { FunctionBundle } from './function-bundle.ts';
import type { DeclaredAgent } from './read-agents.ts';

interface Options {
  readonly name: string;
  /** Its `handler.ts`. */
  readonly handler: string;
  readonly folder: string;
  readonly agents: readonly DeclaredAgent[];
}

export async function bundleFunction(options: Options): Promise<FunctionBundle> {
  const { name, handler, folder, agents } = options;
  const assets = new Assets();
  const made = await bundleModule({
    ...{ module: handler, name: 'handler', assets, assetFolder: './assets' },
    ...{ agents, splitting: true },
  });
  // esbuild makes files of dynamic imports, too, that nothing uses.
  const chunks = reached(made, ({ imports, laterImports }) => [...imports, ...laterImports]);
  await mkdir(folder, { recursive: true });
  for (const { file, code } of chunks) await writeFile(join(folder, file), code);
  await assets.writeNamedIn(chunks.map(({ code }) => code).join(), join(folder, 'assets'));
  return {
    name,
    folder,
    startBytes: bytesOf(reached(chunks, ({ imports }) => imports)),
    bytes: bytesOf(chunks),
    modules: Object.assign({}, ...chunks.map(({ modules }) => modules)),
  };
}

function reached(chunks: readonly Chunk[], followed: (chunk: Chunk) => readonly string[]) {
  const files = new Set(['handler.mjs']);
  for (const file of files)
    for (const chunk of chunks)
      if (chunk.file === file) for (const next of followed(chunk)) files.add(next);
  return chunks.filter(({ file }) => files.has(file));
}

const bytesOf = (chunks: readonly Chunk[]) =>
  chunks.reduce((sum, { code }) => sum + Buffer.byteLength(code), 0);
