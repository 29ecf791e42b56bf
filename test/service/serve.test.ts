import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from './command.ts';

it('does not start with a default agent that nobody declares, and names those that are', async () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'longrun-serve-'));
  onTestFinished(() => rmSync(DATA_DIR, { recursive: true }));
  const env = { PORT: '0', DATA_DIR, LONGRUN_DEFAULT_AGENT: 'finance_agnet' };

  const { code, stdout, stderr } = await runCommand('serve', [], env);

  expect(stderr).toMatch(
    /^LONGRUN_DEFAULT_AGENT: there is no agent finance_agnet here; declared are: .*finance_agent, ops_agent.*\n$/,
  );
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
});

it('takes a default agent whose words are joined otherwise', async () => {
  const env = { PORT: '0', LONGRUN_DEFAULT_AGENT: 'Finance-Agent' };

  const { code, stderr } = await runCommand('demo', ['text_team', 'Hi'], env);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});
