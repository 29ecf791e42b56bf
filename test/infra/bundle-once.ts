import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import type { FunctionBundle } from '#lib/bundling/function-bundle.ts';
import { runBundler } from './run-bundler.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the functions and agents of this repository. */
    bundles: readonly FunctionBundle[];
  }
}

const agentsFolder = join(import.meta.dirname, '../../agents');

/** Bundling takes seconds: all tests share the outcome. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outFolder = await mkdtemp(join(tmpdir(), 'longrun-bundles-'));
  const remove = () => rm(outFolder, { recursive: true });
  try {
    project.provide('bundles', await runBundler({ outFolder, agentsFolder }));
  } catch (error) {
    await remove();
    throw error;
  }
  return remove;
}
