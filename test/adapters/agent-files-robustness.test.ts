import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aFolder } from '../builders/an-engine.ts';
import {
  AgentsProcess,
  agentSource,
  agentsOnDisk,
  eventually,
} from './agent-files/agents-on-disk.ts';

let process: AgentsProcess;
beforeAll(() => {
  process = new AgentsProcess();
});
afterAll(() => process.end());

it('loads agents from a folder that is a symbolic link', async () => {
  const real = agentsOnDisk(process, { 'one.ts': agentSource('one', "'x'") });
  const link = join(aFolder(), 'link');
  symlinkSync(real.folder, link);

  await process.ask(link, { do: 'load' });

  expect(await process.ask(link, { do: 'describe', agentId: 'one', orgId: 'acme' })).toMatchObject({
    answer: 'x',
  });
});

it('has the newest agents when loading of older ones ends late', async () => {
  const gate = join(aFolder(), 'gate');
  const slow = `import { existsSync } from 'node:fs';
    while (!existsSync(${JSON.stringify(gate)})) await new Promise((r) => setTimeout(r, 10));
    ${agentSource('one', "'slow'")}`;
  const agents = agentsOnDisk(process, { 'one.ts': agentSource('one', "'old'") });
  await agents.load();
  await agents.watch();
  agents.write('one.ts', slow);
  await new Promise((r) => setTimeout(r, 500));
  agents.write('one.ts', agentSource('one', "'newest'"));
  await eventually(async () =>
    expect(await agents.describe('one')).toMatchObject({ answer: 'newest' }),
  );

  writeFileSync(gate, '');
  await new Promise((r) => setTimeout(r, 500));

  expect(await agents.describe('one')).toMatchObject({ answer: 'newest' });
});

it('survives folders that come and go', async () => {
  const agents = agentsOnDisk(process, { 'one.ts': agentSource('one', "'old'") });
  await agents.load();
  await agents.watch();
  for (let i = 0; i < 2000; i += 1) {
    const dir = join(agents.folder, `d${i % 7}/x/y`);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'f'), 'x');
    if (i % 3 === 0) await new Promise(setImmediate);
    rmSync(join(agents.folder, `d${i % 7}`), { recursive: true });
    if (i % 10 === 0) await new Promise((r) => setTimeout(r, 1));
  }
  expect(existsSync(agents.folder)).toBe(true);
  agents.write('one.ts', agentSource('one', "'new'"));
  await eventually(async () =>
    expect(await agents.describe('one')).toMatchObject({ answer: 'new' }),
  );
});
