import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { filesOf } from './a-workspace.ts';

const bundles = inject('bundles');
const functions = join(import.meta.dirname, '../../functions');
const named = (name: string) => {
  const found = bundles.find((bundle) => bundle.name === name);
  if (found === undefined) throw new Error(`There is no bundle ${name}`);
  return found;
};
const modulesOf = (name: string) => Object.keys(named(name).modules);

const modelSdks = /node_modules\/(?:ai|openai|@ai-sdk|@anthropic-ai|@aws-sdk\/client-bedrock)/;

it('deploys each folder of functions that has a handler, and no other', () => {
  const withHandler = readdirSync(functions).filter((name) =>
    existsSync(join(functions, name, 'handler.ts')),
  );

  expect(bundles.map(({ name }) => name).sort()).toEqual(withHandler.sort());
  expect(bundles).toHaveLength(14);
});

describe('the api function', () => {
  it('loads at most 600 KB at its start', () => {
    expect(named('api').startBytes).toBeLessThanOrEqual(600_000);
    expect(named('api').startBytes).toBeGreaterThan(100_000);
  });

  it.each(['api', 'stream', 'dispatch', 'sweep'])(
    'knows agents by their cards, not their code: %s',
    (name) => {
      const code = Object.values(filesOf(named(name).folder)).join();

      expect(modulesOf(name).filter((path) => modelSdks.test(path))).toEqual([]);
      expect(modulesOf(name).filter((path) => /^(?:agents|functions\/agent)\//.test(path))).toEqual(
        [],
      );
      expect(code).toContain('finance_agent');
    },
  );
});

describe('the segment function', () => {
  it.each([
    'anthropic-version',
    'converse-stream',
    '/responses',
    '/chat/completions',
    'iotdevicegateway',
  ])('loads what asks models and remote agents when they are asked: %s', (mark) => {
    const files = filesOf(named('segment').folder);
    const start = atStart(files);

    expect(Object.keys(files).filter((file) => files[file]?.includes(mark))).not.toEqual([]);
    expect(start.filter((file) => files[file]?.includes(mark))).toEqual([]);
  });
});

/** The files that are loaded before anything is asked. */
function atStart(files: Readonly<Record<string, string>>): string[] {
  const reached = new Set(['handler.mjs']);
  for (const file of reached)
    for (const [, next = ''] of (files[file] ?? '').matchAll(
      /(?:^|[;}\n])\s*(?:import|export)[^;()]*?["']\.\/([^"']+\.mjs)["']/g,
    ))
      reached.add(next);
  return [...reached];
}

describe('each function', () => {
  it.each(bundles)('leaves the client of S3 for when it is needed: $name', (bundle) => {
    const start = filesOf(bundle.folder)['handler.mjs'] ?? '';

    expect(start).not.toContain('PutObject');
    expect(bundle.bytes).toBeGreaterThan(bundle.startBytes - 1);
  });

  it.each(bundles)('carries nothing of the tools that made it: $name', ({ modules }) => {
    const tools = Object.keys(modules).filter((path) =>
      /node_modules\/(?:aws-cdk-lib|constructs|esbuild|vitest)\/|^(?:lib|bin|test)\//.test(path),
    );

    expect(tools).toEqual([]);
  });

  it.each(bundles)('takes its credentials from the environment alone: $name', ({ modules }) => {
    const own = Object.keys(modules).filter((path) => !path.startsWith('credentials:'));
    const providers = own.flatMap((path) => /credential-provider-[a-z-]+/.exec(path) ?? []);

    expect(new Set(providers)).toEqual(new Set(['credential-provider-env']));
  });

  it.each(bundles)('has no file that it does not name: $name', ({ folder }) => {
    const files = filesOf(folder);
    const code = Object.values(files).join();

    for (const name of Object.keys(files))
      if (name !== 'handler.mjs') expect(code).toContain(name.split('/').at(-1));
    expect(Object.keys(files).filter((name) => name.endsWith('.map'))).toEqual([]);
  });
});

describe('the files that code reads', () => {
  const assetsOf = (name: string) =>
    Object.keys(filesOf(named(name).folder))
      .filter((file) => file.startsWith('assets/'))
      .map((file) => file.replace(/[0-9a-f]{12}/, '<hash>'));

  it('lie beside it', () => {
    expect(assetsOf('segment')).toEqual([
      'assets/<hash>-query-process.mjs',
      'assets/<hash>-stocks.csv',
    ]);
    expect(assetsOf('api')).toEqual(['assets/<hash>-first-page.html']);
  });

  it('are left out where nothing reads them', () => {
    expect(assetsOf('dispatch')).toEqual([]);
  });
});
