import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { aCompletedRun, aPausedRun, aQueuedRun, finance, ops } from './agents.ts';
import { us } from './client.ts';
import { deadlineSeconds } from './eventually.ts';
import { statusOf, untilIs } from './runs.ts';
import { AgentRun, RunResponse, SubmittedRun } from './wire.ts';

/*
 * https://operativusai.mintlify.site, "Background Agent Runs" and "Run an Agent Synchronously": the
 * examples as they are written there, but for the address, the token and the ids of the runs.
 */

const target = inject('target');

const hasCurl = spawnSync('curl', ['--version']).status === 0;

const example = (file: string) =>
  readFileSync(join(import.meta.dirname, 'documented', file), 'utf8');

/** @throws where the example does not hold what is to be replaced */
const replaced = (source: string, replacements: Readonly<Record<string, string>>) =>
  Object.entries(replacements).reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`The example does not say ${from}.`);
    return result.replaceAll(from, to);
  }, source);

async function outputOf(program: string, args: readonly string[], script: string, env = {}) {
  const timeout = deadlineSeconds * 1000;
  const child = spawn(program, args, { env: { ...process.env, ...env }, timeout });
  child.stdin.end(script);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr };
}

/** Runs an example in a shell, which is told address and token and never sees them in the script. */
async function curl(file: string, ids: Readonly<Record<string, string>> = {}): Promise<string> {
  const script = replaced(example(file), {
    'http://localhost:8080': '$BASE_URL',
    '{token}': '$TOKEN',
    ...ids,
  });
  const env = { BASE_URL: target.url, TOKEN: target.token };
  return (await outputOf('sh', [], `exec ${script}`, env)).stdout;
}

const documentedIds = ['run_7f3a9c12', 'run_8a4b2d34', 'run_9c5e3f56'] as const;

it('runs the documented polling loop to its end', async () => {
  const script = replaced(example('polling-loop.ts.txt'), {
    '"http://localhost:8080"': JSON.stringify(target.url),
    '"your-token-here"': JSON.stringify(target.token),
  });

  const { stdout, stderr } = await outputOf(
    process.execPath,
    ['--input-type=commonjs-typescript', '-'],
    script,
  );

  expect(stderr).toBe('');
  expect(stdout).toMatch(/^Run queued: run_\S+\n(Status: [A-Z]+\n)*Status: COMPLETED\nOutput: \S/);
});

describe('the documented curl', () => {
  beforeEach((context) => {
    if (!hasCurl) context.skip('curl is not installed');
  });

  it('submits a background run', async () => {
    const { runId } = SubmittedRun.parse(JSON.parse(await curl('submit-background-run.sh')));

    const { output } = await untilIs(us, { id: runId, agentId: finance }, 'COMPLETED');

    expect(output).not.toBe('');
  });

  it('gets the status of a run', async () => {
    const run = await aCompletedRun(us);

    const body = await curl('get-run-status.sh', { [documentedIds[0]]: run.id });

    expect(AgentRun.parse(JSON.parse(body))).toEqual(run);
  });

  it('gets the statuses of several runs', async () => {
    const { queued } = await aQueuedRun(us);
    const completed = await aCompletedRun(us);

    const body = await curl('get-run-statuses.sh', {
      [documentedIds[0]]: queued.id,
      [documentedIds[2]]: completed.id,
    });

    const runs = z.array(AgentRun).parse(JSON.parse(body));
    expect(runs.map(({ id, status }) => [id, status])).toEqual([
      [queued.id, 'QUEUED'],
      [completed.id, 'COMPLETED'],
    ]);
  });

  it('runs an agent', async () => {
    const response = RunResponse.parse(JSON.parse(await curl('run.sh')));

    expect(response.sessionId).toBe('550e8400-e29b-41d4-a716-446655440000');
    const { output } = await untilIs(us, { id: response.runId, agentId: finance }, 'COMPLETED');
    expect(output).toContain('**Suggested follow-ups:**');
  });

  it('continues a paused run', async () => {
    const run = await aPausedRun(us);

    const body = await curl('continue-run.sh', { [documentedIds[0]]: run.id, [finance]: ops });

    expect(RunResponse.parse(JSON.parse(body)).runId).toBe(run.id);
    await untilIs(us, run, 'COMPLETED');
  });

  it('cancels a run', async () => {
    const { queued } = await aQueuedRun(us);

    const body = await curl('cancel-run.sh', { [documentedIds[0]]: queued.id });

    expect(body).toBe('');
    expect(await statusOf(us, queued)).toMatchObject({ status: 'CANCELLED' });
  });
});
