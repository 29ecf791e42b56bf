import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type ServiceProcess, startService } from '../conformance/service-process.ts';
import { installEmulator } from '../emulator/install-emulator.ts';
import { PythonUnavailable } from '../python/install-packages.ts';
import { runCommand } from './command.ts';

/*
 * What clients of PraisonAI send, as its documentation and its package have it, but for the port. None
 * of them can send a token.
 */

const documentedUrl = 'http://127.0.0.1:8005';
const isCi = Boolean(process.env['CI']);
const hasCurl = spawnSync('curl', ['--version']).status === 0;

let service: ServiceProcess;
let url: string;

beforeAll(async () => {
  service = await startService({}, 'bin/serve.ts', ['--anonymous']);
  url = service.url.replace('localhost', '127.0.0.1');
});

afterAll(() => service?.stop());

const example = (file: string) =>
  readFileSync(join(import.meta.dirname, 'documented', file), 'utf8');

const Job = z.object({
  job_id: z.string(),
  status: z.string(),
  created_at: z.iso.datetime(),
  poll_url: z.string(),
  stream_url: z.string(),
});

async function outputOf(program: string, args: readonly string[], script: string) {
  const child = spawn(program, args, { timeout: 60_000 });
  child.stdin.end(script);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { stdout, stderr };
}

async function untilIs(pollUrl: string, status: string): Promise<void> {
  for (;;) {
    const job = z.object({ status: z.string() }).parse(await (await fetch(pollUrl)).json());
    if (job.status === status) return;
    await sleep(100);
  }
}

describe('the documented curl', () => {
  beforeEach((context) => {
    if (!hasCurl && !isCi) context.skip('curl is not installed');
  });

  const submit = async () => {
    const script = example('submit-job.sh').replace(documentedUrl, url);
    return (await outputOf('sh', [], script)).stdout;
  };

  it('submits a job, once, that succeeds', async () => {
    const first = await submit();

    const second = await submit();

    const job = Job.parse(JSON.parse(first));
    expect(second).toBe(first);
    expect(job).toMatchObject({
      job_id: expect.stringMatching(/^run_/),
      status: 'queued',
      poll_url: `${url}/api/v1/runs/${job.job_id}`,
      stream_url: `${url}/api/v1/runs/${job.job_id}/stream`,
    });
    await untilIs(job.poll_url, 'succeeded');
    const stream = await (await fetch(job.stream_url)).text();
    expect(stream).toMatch(/event: result\ndata: \{.*\}\n\ndata: \[DONE\]\n\n$/);
  });
});

describe('the client in Python', () => {
  let python: string | undefined;
  let why = '';

  beforeAll(async () => {
    try {
      python = await installEmulator();
    } catch (error) {
      if (isCi || !(error instanceof PythonUnavailable)) throw error;
      why = error.message;
    }
  }, 400_000);

  const run = async (file: string, more = '') => {
    const script = `${example(file)}\n${more}`.replaceAll(documentedUrl, url);
    return outputOf(python ?? '', ['-'], script);
  };

  it('of the documentation retries without making a second job', async (context) => {
    if (python === undefined) return context.skip(why);
    const show = 'print(response.status_code, response.text)';

    const first = await run('retry-loop.py.txt', show);
    const second = await run('retry-loop.py.txt', show);

    expect(first.stderr).toBe('');
    expect(first.stdout).toMatch(/^202 \{"job_id":"run_/);
    expect(second.stdout).toBe(first.stdout);
  });

  it('of the package submits a recipe, waits for it, and gets its result', async (context) => {
    if (python === undefined) return context.skip(why);
    const source = example('submit-recipe.py.txt').replace(
      'wait=True',
      `api_url="${url}", wait=True`,
    );

    const { stdout, stderr } = await outputOf(python, ['-'], source);

    expect(stderr).toBe('');
    expect(stdout).toMatch(/^Result: \{.*'status': 'succeeded', 'result': '.*my advice is: /);
  });

  it('of the package cancels a job, and learns of it', async (context) => {
    if (python === undefined) return context.skip(why);
    const script = `
from praisonai import recipe
with recipe.submit_job("slow_agent", input="Work for 60 seconds", api_url="${url}") as job:
    print(job.cancel(), job.wait()["status"], job.cancel())
`;

    const { stdout, stderr } = await outputOf(python, ['-'], script);

    expect(stderr).toBe('');
    expect(stdout).toBe('True cancelled False\n');
  });
});

describe('npm start -- --anonymous', () => {
  it('still knows whoever sends a token', async () => {
    const ask = (token: string) =>
      fetch(`${url}/api/v1/runs`, { headers: { authorization: `Bearer ${token}` } });

    expect((await ask(service.otherToken)).status).toBe(200);
    expect((await ask('no-such-token')).status).toBe(401);
  });

  it('serves no web page from elsewhere', async () => {
    const headers = { origin: 'https://example.com' };

    const response = await fetch(`${url}/api/v1/runs`, { headers });

    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining('example.com') });
  });

  it('does not start where others could reach it', async () => {
    const { code, stdout, stderr } = await runCommand('serve', ['--anonymous'], {
      HOST: '0.0.0.0',
      PORT: '0',
    });

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^--anonymous serves this machine only: HOST must be .*not 0\.0\.0\.0/);
  });

  it('is named by --help, and nothing else starts the service', async () => {
    const help = await runCommand('serve', ['--help']);
    const typo = await runCommand('serve', ['--anonymos'], { PORT: '0' });

    expect(help).toMatchObject({ code: 0, stdout: expect.stringContaining('--anonymous') });
    expect(typo).toMatchObject({ code: 1, stderr: expect.stringContaining("'--anonymos'") });
  });
});

it('asks for a token without --anonymous', async () => {
  const closed = await startService({});

  try {
    expect((await fetch(`${closed.url}/api/v1/runs`)).status).toBe(401);
    expect(await (await fetch(`${closed.url}/health`)).json()).toEqual({
      status: 'healthy',
      store: 'durable',
      executor_stats: {},
    });
  } finally {
    await closed.stop();
  }
});
