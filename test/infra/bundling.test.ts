import { describe, expect, it } from 'vitest';
import { anAgent, call, filesOf, Workspace } from './a-workspace.ts';

const readText = (name: string) => `readFileSync(new URL('${name}', import.meta.url), 'utf8')`;
const readsFiles = "import { readFileSync } from 'node:fs';";

async function bundled(files: Readonly<Record<string, string>>) {
  const [bundle] = await new Workspace(files).bundle();
  if (bundle === undefined) throw new Error('There is no bundle');
  return bundle;
}

const refusal = (files: Readonly<Record<string, string>>): Promise<string> =>
  bundled(files).then(
    () => 'not refused',
    (error: unknown) => `${error}`,
  );

describe('agents from elsewhere', () => {
  it('are in the bundle with their code, and by their cards, whoever may see them', async () => {
    const bundle = await bundled({ 'agents/greeter.ts': anAgent("'Hello'") });

    const version = expect.stringMatching(/^[0-9a-f]{16}$/);
    expect(await call(bundle)).toEqual({
      agents: [{ id: 'greeter', version }],
      cards: [
        {
          ...{ id: 'greeter', name: 'Greeter', description: 'Greets.', instructions: 'Greet.' },
          ...{
            model: 'scripted',
            models: ['scripted'],
            tools: [
              {
                name: 'say',
                description: 'Says something.',
                inputSchema: { type: 'object', properties: {} },
              },
            ],
            accepts: [],
          },
          ...{ organisations: ['acme'], version, maxSeconds: 3600 },
        },
      ],
      said: ['Hello'],
    });
  });

  it('import what is beside them, and packages of their own', async () => {
    const bundle = await bundled({
      'agents/greeter.ts': anAgent(
        "[word, shout()].join(' ')",
        "import { word } from './greeter/word.ts'; import { shout } from 'shouting';",
      ),
      'agents/greeter/word.ts': "export const word: string = 'Hello';",
      'agents/node_modules/shouting/package.json': '{"name":"shouting","main":"index.cjs"}',
      // CommonJS that needs what Node brings.
      'agents/node_modules/shouting/index.cjs':
        "exports.shout = () => require('node:path').basename('/a/HO');",
    });

    expect(await call(bundle)).toMatchObject({ said: ['Hello HO'] });
  });

  it('are another version when anything of theirs changes', async () => {
    const files = { 'agents/greeter.ts': anAgent("'Hello'"), 'agents/greeter/word.txt': 'a' };
    const versionOf = async (word: string) =>
      JSON.stringify(await call(await bundled({ ...files, 'agents/greeter/word.txt': word })));

    expect(await versionOf('a')).toBe(await versionOf('a'));
    expect(await versionOf('a')).not.toBe(await versionOf('b'));
  });
});

describe('a file that a module names by its own place', () => {
  it('is there under its name and a hash, whatever folder it came from', async () => {
    const bundle = await bundled({
      'agents/greeter.ts': anAgent(
        `${readText('./greeter/a.txt')} + inside`,
        `${readsFiles} import { inside } from './greeter/inside.ts';`,
      ),
      'agents/greeter/a.txt': 'A',
      'agents/greeter/b.txt': 'B',
      'agents/greeter/inside.ts': `${readsFiles} export const inside = ${readText('b.txt')};`,
    });

    expect(await call(bundle)).toMatchObject({ said: ['AB'] });
    expect(Object.keys(filesOf(bundle.folder))).toEqual([
      'assets/559aead08264-a.txt',
      'assets/df7e70e50215-b.txt',
      'handler.mjs',
    ]);
  });

  it('is bundled itself where it is a program, with the files of its own', async () => {
    const bundle = await bundled({
      'agents/greeter.ts': anAgent(
        "execFileSync(process.execPath, [fileURLToPath(new URL('./greeter/say.ts', import.meta.url))], { encoding: 'utf8' })",
        "import { execFileSync } from 'node:child_process'; import { fileURLToPath } from 'node:url';",
      ),
      'agents/greeter/say.ts': `${readsFiles} import { word } from './word.ts'; process.stdout.write(word + ${readText('./a.txt')});`,
      'agents/greeter/word.ts': "export const word: string = 'Hello ';",
      'agents/greeter/a.txt': 'A',
    });

    expect(await call(bundle)).toMatchObject({ said: ['Hello A'] });
  });

  it('is left out with the code that nothing uses', async () => {
    const bundle = await bundled({
      'agents/greeter.ts': anAgent("'Hello'", "import './greeter/unused.ts';"),
      'agents/greeter/unused.ts': "export const file = () => new URL('./a.txt', import.meta.url);",
      'agents/greeter/a.txt': 'A',
    });

    expect(Object.keys(filesOf(bundle.folder))).toEqual(['handler.mjs']);
  });

  it('is no file where it is only spoken of, or lies elsewhere', async () => {
    const bundle = await bundled({
      'agents/greeter.ts': anAgent(
        "[new URL('https://example.com/a').pathname, new URL('https://example.com/', import.meta.url).host].join()",
        "// new URL('./nothing.txt', import.meta.url) or import.meta.dirname",
      ),
    });

    expect(await call(bundle)).toMatchObject({ said: ['/a,example.com'] });
  });

  it.each([
    ['./missing.txt', 'there is no file', 'missing.txt to bundle'],
    ['./greeter', 'there is no file', 'greeter to bundle'],
  ])('is missed by file and line: %s', async (name, ...said) => {
    const error = await refusal({
      'agents/greeter.ts': `\n\n${anAgent(`String(new URL('${name}', import.meta.url))`)}`,
      'agents/greeter/a.txt': 'A',
    });

    expect(error).toMatch(/agents\/greeter\.ts:9:\d+/);
    for (const words of said) expect(error).toContain(words);
  });

  it.each([
    'String(new URL(name, import.meta.url))',
    "String(new URL(['.', name].join('/'), import.meta.url))",
    "String(new URL('./' + name, import.meta.url))",
  ])('has to be named literally, not as in %s', async (expression) => {
    const error = await refusal({
      'agents/greeter.ts': anAgent(expression, "const name = './a';"),
    });

    expect(error).toMatch(/agents\/greeter\.ts:7:\d+: ERROR: .*must be named literally/);
  });
});

describe('what cannot be bundled', () => {
  it.each(['dirname', 'filename'])('is a place that is another once deployed: %s', async (name) => {
    const error = await refusal({
      'agents/greeter.ts': anAgent('place', `const place = import.meta.${name};`),
    });

    expect(error).toMatch(/agents\/greeter\.ts:5:14/);
    expect(error).toContain(
      `import.meta.${name} is another once deployed: name a file with new URL(`,
    );
  });

  it('is an agent that cannot be loaded', async () => {
    expect(await refusal({ 'agents/broken.ts': 'export default { id: 1 };' })).toMatch(
      /agents\/broken\.ts: default: the default export must be an agent/,
    );
  });

  it('is a folder of agents that is not there', async () => {
    expect(await refusal({})).toMatch(/There is no folder .*\/agents with agents/);
  });

  it('is an import that leads nowhere', async () => {
    const error = await refusal({
      'agents/greeter.ts': anAgent("'Hello'"),
      'functions/talk/handler.ts': "import 'longrun/nowhere'; export const handler = () => {};",
    });

    expect(error).toMatch(/talk\/handler\.ts:1:7.*Could not resolve "longrun\/nowhere"/s);
  });
});

it('makes the same bytes of the same sources', async () => {
  const workspace = new Workspace({
    'agents/greeter.ts': anAgent(readText('./a.txt'), readsFiles),
    'agents/a.txt': 'A',
  });

  const [first] = await workspace.bundle();
  const [second] = await workspace.bundle();

  expect(first?.folder).not.toBe(second?.folder);
  expect(filesOf(first?.folder ?? '')).toEqual(filesOf(second?.folder ?? ''));
});

it('takes a folder without a handler for no function', async () => {
  const bundles = await new Workspace({
    'agents/greeter.ts': anAgent("'Hello'"),
    'functions/shared/words.ts': 'export {};',
  }).bundle();

  expect(bundles.map(({ name }) => name)).toEqual(['talk']);
});
