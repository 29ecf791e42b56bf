import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { bundleFunctions } from '#lib/bundling/bundle-functions.ts';
import { rounded } from './rounded.ts';

export interface BundleFigures {
  readonly name: string;
  /** Of the code that is loaded at the start. */
  readonly startBytes: number;
  readonly bytes: number;
  /** Median, of a fresh process that has nothing else to do. */
  readonly importMs: number;
}

const importsOfEach = 7;

/** Enough for a function to be loaded; it calls nobody before its first event. */
const environment = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'none',
  AWS_SECRET_ACCESS_KEY: 'none',
  RUN_TABLE_NAME: 'none',
  IDEMPOTENCY_TABLE_NAME: 'none',
  BLOB_BUCKET_NAME: 'none',
  RUN_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/0/none',
  WEBHOOK_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/0/none',
  STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:0:stateMachine:none',
  BATCH_MACHINE_ARN: 'arn:aws:states:us-east-1:0:stateMachine:none',
  BUS_NAME: 'none',
  RETENTION_DAYS: '30',
  SLOTS_PER_TENANT: '100',
  RESPONSE_MODE: 'buffered',
} as const;

/** Bundles the functions as a deployment does, with the agents of the folder. */
export async function measureBundles(
  agentsFolder: string,
  cleanup: AsyncDisposableStack,
): Promise<readonly BundleFigures[]> {
  const outFolder = await mkdtemp(join(tmpdir(), 'longrun-bundles-'));
  cleanup.defer(() => rm(outFolder, { recursive: true }));
  const bundles = await bundleFunctions({ outFolder, agentsFolder });
  const figures: BundleFigures[] = [];
  for (const { name, folder, startBytes, bytes } of bundles.values())
    figures.push({ name, startBytes, bytes, importMs: await medianImport(folder) });
  return figures;
}

async function medianImport(folder: string): Promise<number> {
  const url = pathToFileURL(join(folder, 'handler.mjs')).href;
  const program = `const t = performance.now(); await import('${url}'); console.log(performance.now() - t)`;
  const times: number[] = [];
  for (let i = 0; i < importsOfEach; i += 1)
    times.push(await timeOf(['--input-type=module', '--eval', program]));
  return rounded(times.sort((a, b) => a - b)[Math.floor(importsOfEach / 2)] ?? 0, 1);
}

async function timeOf(args: string[]): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: environment });
  return Number(stdout);
}
