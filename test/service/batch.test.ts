import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from './command.ts';

function aFileOf(...lines: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'longrun-batch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'runs.jsonl');
  writeFileSync(file, lines.join('\n'));
  return { file, out: join(folder, 'answers.jsonl') };
}

/** A port where no service is, so that the command starts one of its own. */
const env = { PORT: '1', DATA_DIR: join(tmpdir(), 'longrun-none') };
const question = JSON.stringify({ message: 'What was the highest price of AAPL in 2009?' });

it('runs every line of a file and writes the answers', async () => {
  const { file, out } = aFileOf(question, question);

  const { code, stderr } = await runCommand(
    'batch',
    [file, '--agent', 'finance_agent', '--out', out],
    env,
  );

  expect(stderr).toContain('COMPLETED: 2 completed, 0 failed');
  expect(code).toBe(0);
  expect(readFileSync(out, 'utf8').trim().split('\n')).toHaveLength(2);
});

it('names the lines without an answer, and ends with 1', async () => {
  const { file } = aFileOf(question, 'no json');

  const { code, stdout, stderr } = await runCommand(
    'batch',
    [file, '--agent', 'finance_agent'],
    env,
  );

  expect(code).toBe(1);
  expect(stderr).toContain('line 2: invalid_line: is not valid JSON');
  expect(stdout.trim().split('\n')).toHaveLength(2);
});

it('ends with 2 where it could not be done', async () => {
  const { file } = aFileOf(question);

  const { code, stderr } = await runCommand('batch', [file], env);

  expect(code).toBe(2);
  expect(stderr).toContain('npm run batch -- FILE --agent AGENT');
});
