import type { ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { runCommand, startCommand } from './command.ts';

const positive = z.number().positive();
const noErrors = z.strictObject({});

const load = {
  seconds: positive,
  perSecond: positive,
  errors: noErrors,
  serviceCpu: z.number().nullable(),
  generatorCpu: z.number(),
};

const FiguresLine = z.strictObject({
  date: z.iso.datetime(),
  node: z.templateLiteral([z.number(), '.', z.number(), '.', z.number()]),
  platform: z.literal(`${process.platform}-${process.arch}`),
  cpu: z.string(),
  cores: z.int().positive(),
  quick: z.literal(true),
  accepts: z.strictObject({ done: z.literal(1000), ...load, completedAfterSeconds: positive }),
  latency: z.strictObject({
    done: z.literal(500),
    ...load,
    p50Ms: positive,
    p99Ms: positive,
    aloneP50Ms: positive,
  }),
  reads: z.strictObject({ done: z.literal(5000), ...load }),
  memory: z.strictObject({
    idleMiB: positive.nullable(),
    afterRuns: z.literal(1050),
    afterMiB: positive.nullable(),
  }),
  start: z.strictObject({ emptyMs: positive, fullMs: positive, fullRuns: z.literal(1650) }),
  errors: z.literal(0),
});

const BundlesLine = z.array(
  z.strictObject({ name: z.string(), startBytes: positive, bytes: positive, importMs: positive }),
);

const data = join(import.meta.dirname, '../../.data');
/** Another bench may be at work in the same repository. */
const foldersOf = ({ pid }: ChildProcess) =>
  readdirSync(data).filter((name) => name.startsWith(`bench-${pid}-`));

async function isSaid(stream: Readable, words: string): Promise<void> {
  for (let said = ''; !said.includes(words); )
    said += await new Promise<string>((resolve) => stream.once('data', resolve));
}

describe('npm run bench', () => {
  it('measures every scenario without an error, and leaves nothing behind', async () => {
    const { child, outcome } = startCommand('bench', ['--quick', '--json']);
    const { code, stdout, stderr } = await outcome;

    expect(FiguresLine.safeParse(JSON.parse(stdout)).error?.issues).toBeUndefined();
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toMatch(/error/i);
    expect(code).toBe(0);
    expect(foldersOf(child)).toEqual([]);
  });

  it('ends what it started when it is interrupted', async () => {
    const { child, outcome } = startCommand('bench', ['--only', 'latency']);
    await isSaid(child.stderr, 'warming up');
    expect(foldersOf(child)).toHaveLength(1);

    child.kill('SIGINT');

    expect((await outcome).code).toBe(130);
    expect(foldersOf(child)).toEqual([]);
  });

  it('measures the functions of the AWS runtime instead, where that is asked for', async () => {
    const { code, stdout } = await runCommand('bench', ['--bundles', '--json']);

    const figures = BundlesLine.parse(JSON.parse(stdout));
    expect(figures.map(({ name }) => name)).toContain('api');
    expect(code).toBe(0);
  });

  it('refuses a scenario that there is not, and names those that there are', async () => {
    const { code, stdout, stderr } = await runCommand('bench', ['--only', 'accepts,speed']);

    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^There is no scenario speed\.[\s\S]*accepts, latency, reads, memory, start/,
    );
  });
});
