import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { approvalsContract } from '#api/dialects/longrun/approvals/contract.ts';
import { runCommand, startCommand } from './command.ts';

function aFileOf(...lines: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'longrun-batch-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'runs.jsonl');
  writeFileSync(file, lines.join('\n'));
  return { file, out: join(folder, 'answers.jsonl') };
}

/** What a stream says by the time that it says this. */
async function told(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<RegExpExecArray> {
  let text = '';
  return new Promise((resolve, reject) => {
    stream.on('data', (part) => {
      text += part;
      const found = pattern.exec(text);
      if (found) resolve(found);
    });
    stream.once('end', () => reject(new Error(`It has said only: ${text}`)));
  });
}

async function approveAll(url: string, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const waiting = await fetch(`${url}/api/approvals`, { headers });
  const page = approvalsContract.listApprovals.response.parse(await waiting.json());
  const decisions = page.approvals.map(({ approvalId }) => ({ approvalId, decision: 'APPROVE' }));
  const body = JSON.stringify({ decisions });
  await fetch(`${url}/api/approvals/decisions`, { method: 'POST', headers, body });
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

it('says where to decide on what waits, and goes on when that is decided', async () => {
  const { file } = aFileOf(JSON.stringify({ message: 'Delete the table invoices.' }));
  const { child, outcome } = startCommand('batch', [file, '--agent', 'ops_agent'], env);

  const [, url = '', token = ''] = await told(
    child.stderr,
    /1 waits for a decision: (\S+)\/#token=(\S+)\n/,
  );
  await approveAll(url, token);
  const { code, stderr } = await outcome;

  expect(stderr).toContain(`service ${url}, started for the batch, token ${token}\n`);
  expect(stderr.match(/for a decision/g)).toHaveLength(1);
  expect(stderr).toContain('COMPLETED: 1 completed');
  expect(code).toBe(0);
});
