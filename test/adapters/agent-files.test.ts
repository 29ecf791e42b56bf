import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  AgentsProcess,
  agentSource,
  agentsOnDisk,
  eventually,
} from './agent-files/agents-on-disk.ts';

let host: AgentsProcess;

beforeAll(() => {
  host = new AgentsProcess();
});

afterAll(() => host.end());

describe('agents are loaded', () => {
  it('from one file each, from anywhere on the disk', async () => {
    const agents = agentsOnDisk(host, {
      'one.ts': agentSource('one', "'first'"),
      'two.mjs': agentSource('two', "'second'"),
    });

    await agents.load();

    expect(await agents.ids()).toEqual(['one', 'two']);
    expect(await agents.describe('one')).toMatchObject({ answer: 'first' });
    expect(await agents.describe('two')).toMatchObject({ answer: 'second' });
  });

  it('from a path with characters that a URL has to escape', async () => {
    const agents = agentsOnDisk(host, {
      "an agent & 100% 'more' #1.ts": agentSource('one', "'here'"),
    });

    await agents.load();

    expect(await agents.describe('one')).toMatchObject({ answer: 'here' });
  });

  it('with what lies in their own folder, and with zod', async () => {
    const agents = agentsOnDisk(host, {
      'one.ts': `import * as z from 'zod';\nimport { words } from './one/words.ts';
        ${agentSource('one', 'z.string().parse(words)')}`,
      'one/words.ts': `import { tail } from './deeper/tail.ts';\nexport const words = 'own ' + tail;`,
      'one/deeper/tail.ts': "export const tail = 'words';",
    });

    await agents.load();

    expect(await agents.describe('one')).toMatchObject({ answer: 'own words' });
  });

  it('from files only that can be agents', async () => {
    const agents = agentsOnDisk(host, {
      'one.ts': agentSource('one', "'x'"),
      'README.md': 'no agent',
      'data.json': '{}',
      '.hidden.ts': 'not even TypeScript(',
      'folder.ts/inner.txt': 'x',
    });

    await agents.load();

    expect(await agents.ids()).toEqual(['one']);
  });

  it('that are somewhere else', async () => {
    const agents = agentsOnDisk(host, {
      'far.ts': `import { remoteAgent } from 'longrun/remote-agent';
        export default remoteAgent({ id: 'far', name: 'Far', description: 'x', instructions: 'x',
          endpoint: 'https://far.example/agent' });`,
    });

    await agents.load();

    expect(await agents.ids()).toEqual(['far']);
  });

  it('as far as they say that they are available', async () => {
    const agents = agentsOnDisk(host, {
      'here.ts': agentSource('here', "'x'", 'available: () => true,'),
      'elsewhere.ts': agentSource('elsewhere', "'x'", 'available: () => false,'),
    });

    await agents.load();

    expect(await agents.ids()).toEqual(['here']);
  });

  it('into no agents where the folder is empty', async () => {
    const agents = agentsOnDisk(host);

    await agents.load();

    expect(await agents.ids()).toEqual([]);
    expect(await agents.describe('one')).toBeNull();
  });
});

const bad: [what: string, source: string, says: RegExp][] = [
  ['does not parse', 'export default {', /./],
  ['throws', "throw new Error('no data file');", /no data file/],
  ['imports what is not there', "import './bad/none.ts';", /none\.ts/],
  ['exports nothing', 'export const agent = 1;', /default export must be an agent/],
  ['exports no agent', 'export default { id: 1 };', /default export must be an agent/],
  [
    'has an agent without a model',
    "export default { id: 'a' };",
    /default export must be an agent/,
  ],
  ['has an id that no path can have', agentSource('a/b', "'x'"), /A-Za-z0-9_-/],
];

describe('a file that', () => {
  it.each(bad)('%s is refused by its name, with what is wrong', async (_, source, says) => {
    const agents = agentsOnDisk(host, { 'bad.ts': source });

    const error: unknown = await agents.load().catch((refusal: unknown) => refusal);

    expect(error).toMatchObject({ name: 'AgentFileError' });
    expect(String(error)).toContain(join(agents.folder, 'bad.ts'));
    expect(String(error)).toMatch(says);
  });

  it('declares the agent of another file is refused', async () => {
    const agents = agentsOnDisk(host, {
      'a.ts': agentSource('same', "'x'"),
      'b.ts': agentSource('same', "'y'"),
    });

    const loaded = agents.load();

    await expect(loaded).rejects.toThrow(/b\.ts: another file declares agent same too/);
  });
});

describe('an agent with organisations', () => {
  it('is there for these and for no others', async () => {
    const agents = agentsOnDisk(host, {
      'all.ts': agentSource('all', "'x'"),
      'some.ts': agentSource('some', "'y'", "organisations: ['acme', 'beta'],"),
      'none.ts': agentSource('none', "'z'", 'organisations: [],'),
    });

    await agents.load();

    expect(await agents.ids('acme')).toEqual(['all', 'some']);
    expect(await agents.ids('other')).toEqual(['all']);
    expect(await agents.describe('some', 'beta')).not.toBeNull();
    expect(await agents.describe('some', 'other')).toBeNull();
  });
});

describe('the version of an agent', () => {
  const files = {
    'one.ts': agentSource('one', "'x'"),
    'one/words.txt': 'words',
    'two.ts': agentSource('two', "'y'"),
  };

  async function versions(more: Record<string, string> = {}) {
    const agents = agentsOnDisk(host, { ...files, ...more });
    await agents.load();
    return [await agents.describe('one'), await agents.describe('two')].map((one) => one?.version);
  }

  it('is the same for the same files, wherever they lie', async () => {
    expect(await versions()).toEqual(await versions());
  });

  it.each([
    ['its file', { 'one.ts': `${files['one.ts']}\n` }],
    ['a file in its folder', { 'one/words.txt': 'other words' }],
    ['another file in its folder', { 'one/deep/more.txt': '' }],
  ])('changes with %s, and that of the others does not', async (_, more) => {
    const [one, two] = await versions();

    const [oneAfter, twoAfter] = await versions(more);

    expect(oneAfter).not.toBe(one);
    expect(twoAfter).toBe(two);
  });
});

describe('a change on the disk', () => {
  async function watched(files: Record<string, string>) {
    const agents = agentsOnDisk(host, files);
    await agents.load();
    await agents.watch();
    return agents;
  }

  it('of an agent is taken up, and the next one too', async () => {
    const agents = await watched({ 'one.ts': agentSource('one', "'old'") });

    for (const says of ['new', 'newer', 'newest']) {
      agents.write('one.ts', agentSource('one', `'${says}'`));
      await eventually(async () =>
        expect(await agents.describe('one')).toMatchObject({ answer: says }),
      );
    }
  });

  it('that replaces the file is taken up, again and again', async () => {
    const agents = await watched({ 'one.ts': agentSource('one', "'old'") });

    // As editors save: a new file takes the name of the old one.
    for (const says of ['new', 'newer', 'newest']) {
      agents.write('one.ts.unfinished', agentSource('one', `'${says}'`));
      renameSync(join(agents.folder, 'one.ts.unfinished'), join(agents.folder, 'one.ts'));
      await eventually(async () =>
        expect(await agents.describe('one')).toMatchObject({ answer: says }),
      );
    }
  });

  it('of a file in its folder is taken up', async () => {
    const agents = await watched({
      'one.ts': `import { words } from './one/words.ts';\n${agentSource('one', 'words')}`,
      'one/words.ts': "export const words = 'old';",
    });

    agents.write('one/words.ts', "export const words = 'new';");

    await eventually(async () =>
      expect(await agents.describe('one')).toMatchObject({ answer: 'new' }),
    );
  });

  it('adds and removes agents', async () => {
    const agents = await watched({ 'one.ts': agentSource('one', "'x'") });

    agents.write('two.ts', agentSource('two', "'y'"));
    await eventually(async () => expect(await agents.ids()).toEqual(['one', 'two']));
    agents.remove('one.ts');

    await eventually(async () => expect(await agents.ids()).toEqual(['two']));
  });

  it('that cannot be loaded leaves all agents as they were, and is told', async () => {
    const agents = await watched({
      'one.ts': agentSource('one', "'old'"),
      'two.ts': agentSource('two', "'old'"),
    });

    agents.write('two.ts', 'export default {');
    agents.write('one.ts', agentSource('one', "'new'"));
    const [entry] = await agents.logged('agents not reloaded');

    expect(await agents.describe('one')).toMatchObject({ answer: 'old' });
    expect(await agents.describe('two')).toMatchObject({ answer: 'old' });
    expect(entry?.fields['error']).toContain(join(agents.folder, 'two.ts'));
  });

  it('that mends what was broken is taken up', async () => {
    const agents = await watched({ 'one.ts': agentSource('one', "'old'") });
    agents.write('one.ts', 'export default {');
    await agents.logged('agents not reloaded');

    agents.write('one.ts', agentSource('one', "'new'"));

    await eventually(async () =>
      expect(await agents.describe('one')).toMatchObject({ answer: 'new' }),
    );
  });
});
