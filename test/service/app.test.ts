import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from './command.ts';

/** As the CDK's command line starts it, without credentials. */
function synthesize(context: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'longrun-assembly-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outcome = runCommand('app', [], {
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify(context),
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
  });
  return outcome.then((ended) => ({ ...ended, files: readdirSync(folder) }));
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
  expect(files.filter((name) => name.startsWith('asset.'))).toHaveLength(10);
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
