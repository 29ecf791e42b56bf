import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findBreaches } from '../bin/verify/architecture.ts';
import { runTool } from '../bin/verify/run-tool.ts';

const repository = join(import.meta.dirname, '..');

const Rules = z.object({ forbidden: z.array(z.object({ name: z.string() })) });

const allowed = {
  'lib/stack.ts': "import '../functions/core/run.ts';",
  'functions/core/run.ts': "import 'zod'; import 'node:crypto'; import '#core/ids.ts';",
  'functions/core/ids.ts': 'export {};',
  'functions/agent/define-agent.ts': "import '#core/run.ts'; import 'node:timers';",
  'functions/adapters/aws/dynamodb.ts': "import '#core/run.ts'; import 'vitest';",
  'functions/adapters/embedded/sqlite.ts': "import '#core/run.ts'; import 'node:sqlite';",
  'functions/api/dialects/one/contract.ts': "import '#core/run.ts';",
  'functions/api/handler.ts':
    "import './dialects/one/contract.ts'; import '#adapters/aws/dynamodb.ts';",
  'functions/api/event.ts': "import type { Handler } from 'aws-lambda'; export type { Handler };",
  'functions/dispatch/handler.ts': "import 'vitest';",
  'agents/helpful/wording.ts': 'export {};',
  'agents/helpful.ts':
    "import 'longrun/agent'; import 'zod'; import 'node:fs'; import './helpful/wording.ts';",
};

const breaches = [
  ['no-circular', 'functions/core/egg.ts', '#core/hen.ts'],
  ['everything-resolves', 'functions/api/nothing.ts', '#core/nowhere.ts'],
  ['core-is-pure', 'functions/core/filing.ts', 'node:fs'],
  ['core-is-pure', 'functions/core/storing.ts', '#adapters/embedded/sqlite.ts'],
  ['core-is-pure', 'functions/core/routing.ts', '@middy/core'],
  ['addresses-are-told-apart-by-node', 'functions/core/address-guard.ts', 'node:dns'],
  ['agent-knows-core-only', 'functions/agent/storing.ts', '#adapters/aws/dynamodb.ts'],
  ['agent-knows-core-only', 'functions/agent/serving.ts', '#api/handler.ts'],
  ['agents-use-the-public-surface', 'agents/curious.ts', '#core/run.ts'],
  ['agents-use-the-public-surface', 'agents/heavy.ts', '@middy/core'],
  ['agents-use-the-public-surface', 'agents/nosy.ts', './helpful.ts'],
  ['agents-use-the-public-surface', 'agents/nosy/wording.ts', '../helpful/wording.ts'],
  ['adapters-do-not-know-the-api', 'functions/adapters/aws/upward.ts', '#api/handler.ts'],
  ['runtimes-are-apart', 'functions/adapters/aws/local.ts', '#adapters/embedded/sqlite.ts'],
  ['runtimes-are-apart', 'functions/adapters/embedded/cloudy.ts', '#adapters/aws/dynamodb.ts'],
  ['dialects-are-islands', 'functions/api/dialects/two/on.ts', '#api/dialects/one/contract.ts'],
  ['no-infrastructure-in-functions', 'functions/api/stacked.ts', '#lib/stack.ts'],
  ['no-infrastructure-in-functions', 'functions/adapters/aws/built.ts', 'aws-cdk-lib/aws-sqs'],
  ['runs-without-dev-dependencies', 'functions/api/tested.ts', 'fast-check'],
] as const;

describe('the rules of architecture', () => {
  let tree: string;
  let found: string[];

  beforeAll(async () => {
    tree = await aTree(allowed);
    await write(tree, { 'functions/core/hen.ts': "import '#core/egg.ts';" });
    for (const [, file, imported] of breaches) {
      await write(tree, { [file]: `import '${imported}';` });
    }
    found = await findBreaches(tree);
  });
  afterAll(() => rm(tree, { recursive: true }));

  it('leave alone what keeps them', async () => {
    const innocent = await aTree(allowed);

    const inInnocent = await findBreaches(innocent);

    await rm(innocent, { recursive: true });
    expect(inInnocent).toEqual([]);
  });

  it.each(breaches)('include %s: %s may not import %s', (rule, file) => {
    expect(found).toContainEqual(expect.stringMatching(`^${rule}: ${file} `));
  });

  it('are each covered by a breach', () => {
    const { forbidden } = Rules.parse(createRequire(import.meta.url)('../.dependency-cruiser.cjs'));

    const names = forbidden.map(({ name }) => name);

    expect(new Set(names)).toEqual(new Set(breaches.map(([rule]) => rule)));
  });

  it('do not pass a tree in which there is nothing to see', async () => {
    const empty = await aTree({});

    const looking = findBreaches(empty);

    await expect(looking).rejects.toThrow();
    await rm(empty, { recursive: true });
  });
});

describe('the import of zod', () => {
  it.each([
    ["import * as z from 'zod';\n\nexport const Name = z.string();\n", true],
    ["import { z } from 'zod';\n\nexport const Name = z.string();\n", false],
    ["import z from 'zod';\n\nexport const Name = z.string();\n", false],
  ])('in the form %j is allowed: %s', async (source, isAllowed) => {
    const tree = await aTree({ 'functions/core/name.ts': source });

    const { passed, output } = await runTool(tree, '@biomejs/biome/bin/biome', [
      'lint',
      'functions',
    ]);

    await rm(tree, { recursive: true });
    expect(passed).toBe(isAllowed);
    expect(output.includes('noRestrictedImports')).toBe(!isAllowed);
  });
});

/** A folder with this repository's configuration and packages, and other sources. */
async function aTree(sources: Record<string, string>): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), 'longrun-tree-'));
  for (const file of ['package.json', 'tsconfig.json', 'biome.json', '.gitignore']) {
    await cp(join(repository, file), join(tree, file));
  }
  await symlink(join(repository, 'node_modules'), join(tree, 'node_modules'));
  await write(tree, sources);
  return tree;
}

async function write(tree: string, sources: Record<string, string>): Promise<void> {
  for (const [path, source] of Object.entries(sources)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), source);
  }
}
