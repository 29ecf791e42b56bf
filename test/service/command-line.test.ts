import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommand } from './command.ts';

function anEmptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'longrun-command-line-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const set = ['set', '--org', 'acme'];

describe('a command line that makes no sense', () => {
  it.each([
    ['tenants', [...set, '--queue', '5'], "Unknown option '--queue'."],
    ['tenants', [...set, '--queued'], "Option '--queued <value>' argument missing."],
    [
      'tenants',
      [...set, '--running', '20000'],
      '--running must be a whole number from 1 to 10000, or "none".',
    ],
    [
      'tenants',
      [...set, '--submits-per-minute', '1e99'],
      '--submits-per-minute must be a whole number from 1 to 9007199254740991, or "none".',
    ],
    ['tenants', ['show', 'acme'], 'This is too much: acme'],
    ['batch', ['runs.jsonl', '--agnt', 'x'], "Unknown option '--agnt'."],
    ['batch', ['runs.jsonl', 'more.jsonl', '--agent', 'x'], 'This is too much: more.jsonl'],
    ['batch', ['--agent', 'x'], 'FILE is missing.'],
    ['drain', ['begin', 'end'], 'This is too much: end'],
    ['drain', ['begin', '--now'], "Unknown option '--now'."],
    ['drain', [], 'What is to be done?'],
    ['keys', ['create', '--orgg', 'acme'], "Unknown option '--orgg'."],
    ['keys', ['revoke'], 'ID is missing.'],
    ['keys', ['revoke', 'one', 'two'], 'This is too much: two'],
    ['keys', ['toString'], 'There is no toString.'],
    ['users', ['list', 'all'], 'This is too much: all'],
    ['users', ['create', '--name', 'ann'], "Unknown option '--name'."],
  ])('of %s: %j is told with the usage, and nothing is done', async (name, args, message) => {
    const DATA_DIR = anEmptyFolder();

    const { code, stdout, stderr } = await runCommand(name, args, { DATA_DIR });

    const [told, empty, usage] = stderr.split('\n');
    expect(told).toBe(message);
    expect(empty).toBe('');
    expect(usage).toMatch(new RegExp(`^npm run ${name} -- `));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(readdirSync(DATA_DIR)).toEqual([]);
  });
});

it.each(['batch', 'drain', 'keys', 'tenants', 'users'])(
  'npm run %s -- --help tells how it is used',
  async (name) => {
    const { code, stdout } = await runCommand(name, ['--help']);

    expect(stdout).toMatch(new RegExp(`^npm run ${name} -- `));
    expect(code).toBe(0);
  },
);
