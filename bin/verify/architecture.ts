import { existsSync, globSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { type CheckResult, runTool } from './run-tool.ts';

const CruiseResult = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(
      z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) }),
    ),
  }),
});

const rules = join(import.meta.dirname, '../../.dependency-cruiser.cjs');
const folders = ['bin', 'lib', 'functions', 'agents', 'test'];

/** Every breach in a tree of sources, as `rule: from -> to`. @throws if a source file was not looked at */
export async function findBreaches(root: string): Promise<string[]> {
  const present = folders.filter((folder) => existsSync(join(root, folder)));
  const { output } = await runTool(root, 'dependency-cruiser/bin/dependency-cruiser.mjs', [
    `--config=${rules}`,
    '--output-type=json',
    ...present,
  ]);
  const { modules, summary } = CruiseResult.parse(JSON.parse(output));

  // With a compiler that it does not know, dependency-cruiser sees no TypeScript and finds all well.
  const seen = new Set(modules.map(({ source }) => source));
  const sources = globSync(`{${folders.join(',')}}/**/*.ts`, { cwd: root });
  const unseen = sources.filter((source) => !seen.has(source.replaceAll('\\', '/')));
  if (sources.length === 0 || unseen.length > 0) {
    throw new Error(`not looked at: ${unseen.join(', ') || 'anything'}`);
  }

  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

/** Passes if nothing breaks the rules, and the rules still catch something that does. */
export async function checkArchitecture(root: string): Promise<CheckResult> {
  try {
    const [breaches, caught] = await Promise.all([findBreaches(root), catchesABreach()]);
    if (!caught) breaches.push('the rules let a deliberate breach pass');
    return { passed: breaches.length === 0, output: breaches.join('\n') };
  } catch (error) {
    return { passed: false, output: String(error) };
  }
}

async function catchesABreach(): Promise<boolean> {
  const tree = await mkdtemp(join(tmpdir(), 'longrun-breach-'));
  try {
    await mkdir(join(tree, 'functions/core'), { recursive: true });
    await writeFile(join(tree, 'tsconfig.json'), '{}');
    await writeFile(join(tree, 'functions/core/breach.ts'), "import 'node:fs';\n");

    const breaches = await findBreaches(tree);
    return breaches.some((breach) => breach.startsWith('core-is-pure: functions/core/breach.ts'));
  } finally {
    await rm(tree, { recursive: true });
  }
}
