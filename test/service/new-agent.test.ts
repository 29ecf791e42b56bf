import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';

const repository = join(import.meta.dirname, '../..');
const copied = ['agents', 'bin', 'functions', 'test', 'package.json', 'vitest.config.ts'];

/** This package without its history, to write into. */
function aCopy(): string {
  const root = mkdtempSync(join(tmpdir(), 'longrun-new-agent-'));
  for (const name of copied) cpSync(join(repository, name), join(root, name), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  return root;
}

async function run(root: string, program: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(root, program), ...args], {
    cwd: root,
    env: { ...process.env, NO_COLOR: '1', PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await closed, stdout, stderr };
}

describe('npm run new-agent', () => {
  it('writes an agent that runs, and a test that passes', async () => {
    const root = aCopy();

    const written = await run(root, 'bin/new-agent.ts', 'my_agent');
    const shown = await run(root, 'bin/demo.ts', 'my_agent', 'Hello, Ada!');
    const tested = await run(root, 'bin/test.ts', 'test/agents/my-agent.test.ts');

    expect(written).toMatchObject({ code: 0, stderr: '' });
    expect(written.stdout).toContain('agents/my-agent.ts and test/agents/my-agent.test.ts');
    expect(shown.stdout).toContain('says       I counted: {"letters":8}');
    expect(shown.code).toBe(0);
    expect(tested.stdout).toMatch(/Tests +1 passed/);
    expect(tested.code).toBe(0);
  });

  it('overwrites nothing', async () => {
    const root = aCopy();
    const file = join(root, 'agents/slow-agent.ts');
    const before = readFileSync(file, 'utf8');

    const { code, stderr } = await run(root, 'bin/new-agent.ts', 'slow_agent');

    expect(stderr).toContain('agents/slow-agent.ts is there already: nothing is written.');
    expect(code).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it.each([
    ['a/b', 'The id a/b must match [A-Za-z0-9_-]{1,64}.'],
    ['_agent', 'must begin with a letter'],
    ['tools', 'agents/tools.ts holds the tools of agents in YAML'],
  ])('refuses the id %s', async (id, says) => {
    const { code, stderr } = await run(aCopy(), 'bin/new-agent.ts', id);

    expect(stderr).toContain(says);
    expect(code).toBe(1);
  });

  it('refuses the id of an agent that another file declares', async () => {
    const root = aCopy();
    rmSync(join(root, 'test/agents/text-team.test.ts'));

    const { code, stderr } = await run(root, 'bin/new-agent.ts', 'text_team');

    expect(stderr).toMatch(/The agent text_team is declared by .*agents\.yaml/);
    expect(code).toBe(1);
  });
});
