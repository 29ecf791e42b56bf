import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from './command.ts';

function aDataDirectory() {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'longrun-tenants-'));
  onTestFinished(() => rmSync(DATA_DIR, { recursive: true }));
  return { DATA_DIR };
}

it('sets limits of a tenant one by one, and takes them away', async () => {
  const env = aDataDirectory();
  await runCommand('tenants', ['set', '--org', 'acme', '--running', '20', '--queued', '9'], env);

  const changed = await runCommand('tenants', ['set', '--org', 'acme', '--queued', 'none'], env);
  const other = await runCommand('tenants', ['show', '--org', 'other'], env);

  expect(changed.code).toBe(0);
  expect(JSON.parse(changed.stdout)).toMatchObject({ orgId: 'acme', limits: { running: 20 } });
  expect(JSON.parse(changed.stdout).limits).not.toHaveProperty('queued');
  expect(JSON.parse(other.stdout)).toMatchObject({ limits: {} });
});

it.each([
  ['no organisation', ['set', '--running', '3']],
  ['a limit that is none', ['set', '--org', 'acme', '--running', 'many']],
  ['an organisation that is none', ['show', '--org', 'Not One']],
])('refuses %s', async (_, args) => {
  const { code, stderr } = await runCommand('tenants', args, aDataDirectory());

  expect(code).toBe(2);
  expect(stderr).toContain('npm run tenants -- show');
});

it('drains a service and ends that', async () => {
  const env = aDataDirectory();

  const begun = await runCommand('drain', ['begin'], env);
  const status = await runCommand('drain', ['status'], env);
  const ended = await runCommand('drain', ['end'], env);

  expect([begun.stdout, status.stdout, ended.stdout].map((text) => text.trim())).toEqual([
    ...['draining: no run is started', 'draining: no run is started', 'not draining'],
  ]);
});
