import { createWriteStream, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type * as z from 'zod';
import { batchContract } from '#api/dialects/longrun/batches/contract.ts';
import { describeError } from './bench/describe-error.ts';
import { withCleanup } from './bench/with-cleanup.ts';
import { findService } from './demo/find-service.ts';

const usage = `npm run batch -- FILE --agent AGENT [--priority low|normal|high] [--name NAME] [--out FILE]

Runs every line of FILE, each a JSON object such as {"message":"Hello"}, and writes the answers to
standard output, or to --out. A bad line is named and keeps up no other.

  --name NAME    a batch of that name that is there already is followed, not made again
  --url URL      of a service elsewhere, with
  --token TOKEN  a key for it; by default the service on this machine is used, or one of its own

Exit code: 0 when every line has an answer, 1 when some have none, 2 when it could not be done.`;

const { positionals, values } = parseArgs({
  options: {
    agent: { type: 'string' },
    priority: { type: 'string' },
    name: { type: 'string' },
    out: { type: 'string' },
    url: { type: 'string' },
    token: { type: 'string' },
    help: { type: 'boolean' },
  },
  allowPositionals: true,
});

const askEveryMs = 1000;
const barWidth = 30;

type BatchView = z.output<typeof batchContract.getBatch.response>;

interface Target {
  readonly url: string;
  readonly token: string;
}

async function main(cleanup: AsyncDisposableStack): Promise<number> {
  const [file] = positionals;
  if (file === undefined || values.agent === undefined) throw new Error(usage);
  const lines = readFileSync(file);
  const target = await targetOf(cleanup);
  const made = await makeBatch(target, lines, values.agent);
  const ended = await follow(target, made.id);
  await writeResults(target, made.id);
  for (const { line, code, message } of ended.errors)
    console.error(`line ${line}: ${code}: ${message}`);
  const { COMPLETED, FAILED, CANCELLED, INVALID } = ended.counts;
  console.error(
    `${ended.status}: ${COMPLETED} completed, ${FAILED} failed, ${CANCELLED} cancelled, ${INVALID} invalid`,
  );
  return ended.status === 'COMPLETED' && COMPLETED === ended.lines ? 0 : 1;
}

async function targetOf(cleanup: AsyncDisposableStack): Promise<Target> {
  const { url, token } = values;
  if (url === undefined) return findService(cleanup);
  if (token === undefined) throw new Error('--url needs --token.');
  return { url: url.replace(/\/+$/, ''), token };
}

async function makeBatch(target: Target, lines: Uint8Array, agentId: string): Promise<BatchView> {
  const upload = batchContract.createUpload.response.parse(
    await ask(target, 'POST', '/api/batches/uploads'),
  );
  const put = await fetch(upload.url, { method: upload.method, body: lines.slice() });
  if (!put.ok) throw new Error(`The file could not be uploaded: ${put.status} ${await put.text()}`);
  return batchContract.createBatch.response.parse(
    await ask(target, 'POST', '/api/batches', {
      agentId,
      file: upload.id,
      defaults: values.priority === undefined ? {} : { priority: values.priority },
      ...(values.name === undefined ? {} : { idempotencyPrefix: values.name }),
    }),
  );
}

async function follow(target: Target, id: string): Promise<BatchView> {
  for (;;) {
    const batch = batchContract.getBatch.response.parse(
      await ask(target, 'GET', `/api/batches/${id}`),
    );
    show(batch);
    if (batch.endedAt !== null) {
      if (process.stderr.isTTY) console.error();
      return batch;
    }
    await sleep(askEveryMs);
  }
}

/** On one line of a terminal; elsewhere nothing but the end is told. */
function show({ percentage, lines, estimatedEndAt }: BatchView): void {
  if (!process.stderr.isTTY) return;
  const filled = Math.round((percentage / 100) * barWidth);
  const bar = '█'.repeat(filled).padEnd(barWidth, '·');
  const until = estimatedEndAt ? `  until about ${estimatedEndAt.slice(11, 19)} UTC` : '';
  process.stderr.write(`\r\u001B[K${bar} ${percentage} % of ${lines ?? '…'} lines${until}`);
}

async function writeResults(target: Target, id: string): Promise<void> {
  const { url } = batchContract.getBatchResults.response.parse(
    await ask(target, 'GET', `/api/batches/${id}/results`),
  );
  const { body } = await fetch(url);
  if (body === null) return;
  const out = values.out === undefined ? process.stdout : createWriteStream(values.out);
  for await (const part of body)
    if (!out.write(part)) await new Promise<void>((go) => out.once('drain', () => go()));
  if (values.out !== undefined) await new Promise<void>((go) => out.end(() => go()));
}

async function ask(target: Target, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${target.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new Error(`${method} ${path} answers ${response.status}: ${await response.text()}`);
  return response.json();
}

if (values.help) console.log(usage);
else {
  try {
    process.exitCode = await withCleanup(main);
  } catch (error) {
    console.error(describeError(error));
    process.exitCode = 2;
  }
}
