import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchClient, type BatchView, type Target } from './batch/batch-client.ts';
import { BatchProgress } from './batch/batch-progress.ts';
import { withCleanup } from './bench/with-cleanup.ts';
import { type CommandLine, runCommand, UsageError } from './command/command-line.ts';
import { findService } from './demo/find-service.ts';

const usage = `npm run batch -- FILE --agent AGENT [--priority low|normal|high] [--name NAME] [--out FILE]

Runs every line of FILE, each a JSON object such as {"message":"Hello"}, and writes the answers to
standard output, or to --out. A bad line is named and keeps up no other. Where a run waits for a
decision the command says so, and where to decide: it ends when the last run does.

  --name NAME    a batch of that name that is there already is followed, not made again
  --url URL      of a service elsewhere, with
  --token TOKEN  a key for it; by default the service on this machine is used, or one of its own

Exit code: 0 when every line has an answer, 1 when some have none, 2 when it could not be done.`;

const options = {
  agent: { type: 'string' },
  priority: { type: 'string' },
  name: { type: 'string' },
  out: { type: 'string' },
  url: { type: 'string' },
  token: { type: 'string' },
} as const;

interface Place {
  readonly target: Target;
  /** Where a person decides on what waits. */
  readonly page: string;
}

const askEveryMs = 1000;
const couldNotBeDone = 2;

async function batch(
  { positionals: [file], values }: CommandLine<typeof options>,
  cleanup: AsyncDisposableStack,
): Promise<number> {
  const { agent: agentId, priority, name, out } = values;
  if (file === undefined) throw new UsageError('FILE is missing.');
  if (agentId === undefined) throw new UsageError('--agent is missing.');
  const lines = readFileSync(file);
  const { target, page } = await placeOf(values, cleanup);
  const client = new BatchClient(target);
  const { id } = await client.make({ lines, agentId, priority, name });
  const ended = await follow(client, id, new BatchProgress(page));
  await client.writeResults(id, out);
  for (const { line, code, message } of ended.errors)
    console.error(`line ${line}: ${code}: ${message}`);
  const { COMPLETED, FAILED, CANCELLED, INVALID } = ended.counts;
  console.error(
    `${ended.status}: ${COMPLETED} completed, ${FAILED} failed, ${CANCELLED} cancelled, ${INVALID} invalid`,
  );
  return ended.status === 'COMPLETED' && COMPLETED === ended.lines ? 0 : 1;
}

async function placeOf(
  { url, token }: CommandLine<typeof options>['values'],
  cleanup: AsyncDisposableStack,
): Promise<Place> {
  if (url !== undefined) {
    if (token === undefined) throw new UsageError('--url needs --token.');
    const target = { url: url.replace(/\/+$/, ''), token };
    // A key stays out of what is kept of the output.
    return { target, page: `${target.url}/` };
  }
  const service = await findService(cleanup);
  if (service.isOwn)
    console.error(`service ${service.url}, started for the batch, token ${service.token}`);
  return { target: service, page: `${service.url}/#token=${service.token}` };
}

async function follow(
  client: BatchClient,
  id: string,
  progress: BatchProgress,
): Promise<BatchView> {
  for (;;) {
    const batch = await client.get(id);
    progress.show(batch);
    if (batch.endedAt !== null) return batch;
    await sleep(askEveryMs);
  }
}

await runCommand(
  { usage, options, maxPositionals: 1 },
  (line) => withCleanup((cleanup) => batch(line, cleanup)),
  couldNotBeDone,
);
