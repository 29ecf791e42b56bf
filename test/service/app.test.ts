import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from './command.ts';

/** As the CDK's command line starts it, without credentials. */
function synthesize(context: Readonly<Record<string, string>>, environment: object = {}) {
  const folder = aFolder();
  const outcome = runCommand('app', [], {
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify(context),
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    ...environment,
  });
  return outcome.then((ended) => ({
    ...ended,
    files: readdirSync(folder),
    read: (name: string) => readFileSync(join(folder, name), 'utf8'),
  }));
}

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'longrun-app-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

it('synthesizes the stacks of a stage with the code of their functions', async () => {
  const { code, stderr, files } = await synthesize({
    stage: 'prod',
    '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  });

  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(files.filter((name) => name.endsWith('.template.json'))).toEqual([
    'Longrun-prod-Api.template.json',
    'Longrun-prod-Data.template.json',
    'Longrun-prod-Engine.template.json',
    'Longrun-prod-Monitoring.template.json',
  ]);
  expect(files.filter((name) => name.startsWith('asset.'))).toHaveLength(14);
});

it('lets the segment function ask whom the agents ask, as the settings and no environment say', async () => {
  const agents = aFolder();
  const functionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:far-away';
  copyFileSync('agents/chat.ts', join(agents, 'chat.ts'));
  writeFileSync(
    join(agents, 'far-away.ts'),
    `import { remoteAgent } from 'longrun/remote-agent';
     export default remoteAgent({ id: 'far_away', name: 'x', description: 'x', instructions: 'x',
       lambda: '${functionArn}' });`,
  );
  const environment = { LONGRUN_MODEL: 'bedrock:amazon.nova-pro-v1:0' };

  const said = await synthesize({ agents, chatModel: 'claude-haiku' }, environment);
  const unsaid = await synthesize({ agents }, environment);

  expect(said.stderr).toBe('');
  const engine = said.read('Longrun-dev-Engine.template.json');
  expect(engine).toContain(`"Resource": "${functionArn}"`);
  expect(engine).toContain('"LONGRUN_MODEL": "claude-haiku"');
  expect(engine).toContain('foundation-model/anthropic.claude-haiku-4-5');
  expect(engine).not.toContain('nova');
  expect(unsaid.read('Longrun-dev-Engine.template.json')).not.toMatch(/LONGRUN_MODEL|bedrock/);
});

it('says what is wrong with a setting, and nothing of how it found out', async () => {
  const { code, stdout, stderr, files } = await synthesize({ stage: 'test', retention: '7' });

  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.split('\n')).toEqual([
    'The context of this app makes no sense.',
    expect.stringMatching(/^retention: there is no such key, only stage, /),
    'stage: must be one of dev, prod, emulator, not "test"',
    '',
  ]);
  expect(files).toEqual([]);
});

it('names the folder of agents that is not there', async () => {
  const { code, stderr } = await synthesize({ agents: './nowhere' });

  expect(code).toBe(1);
  expect(stderr).toMatch(/^There is no folder .*nowhere with agents\.\n$/);
});
