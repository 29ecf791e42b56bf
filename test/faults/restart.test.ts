import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { Caller } from './caller.ts';
import { aPlan } from './plan.ts';
import { aService, type Service } from './service.ts';

const root = resolve(import.meta.dirname, '../..');

async function keys({ dataDir }: Service, ...args: string[]): Promise<string> {
  const env = { ...process.env, DATA_DIR: dataDir };
  const run = promisify(execFile)(process.execPath, ['bin/keys.ts', ...args], { cwd: root, env });
  return (await run).stdout.trim();
}

const devTokenOf = ({ dataDir }: Service) =>
  readFileSync(join(dataDir, 'dev-token'), 'utf8').trim();

it('knows keys, runs, answers and sessions after a kill and after a stop', async () => {
  const service = await aService();
  await service.start();
  const key = await keys(service, 'create', '--org', 'acme', '--user', 'ann');
  const caller = new Caller(service, key);
  const id = await caller.submit(aPlan('first', 'record'));
  const { sessionId } = await caller.untilIs(id, 'COMPLETED');
  const before = { run: await caller.run(id), events: await caller.events(id) };

  const after = [];
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    await service.stop(signal);
    await service.start();
    after.push({ run: await caller.run(id), events: await caller.events(id) });
  }
  const next = await caller.submit(aPlan('second', 'record'), { sessionId });
  const { output } = await caller.untilIs(next, 'COMPLETED');

  expect(after).toEqual([before, before]);
  expect(output?.content).toBe('first second');
});

it('keeps keys apart, made while it serves and while it does not', async () => {
  const service = await aService();
  const early = await keys(service, 'create', '--org', 'early');
  await service.start();
  const late = await keys(service, 'create', '--org', 'late');
  const id = await new Caller(service, early).submit(aPlan('early', 'record'));
  await service.kill();
  const [lateId = ''] = /(?<=lr_)[0-9a-f]{12}/.exec(late) ?? [];
  await keys(service, 'revoke', lateId);
  await service.start();

  const own = await new Caller(service, early).untilIs(id, 'COMPLETED');
  const revoked = await new Caller(service, late).ask('GET', '/api/runs');
  const foreign = await new Caller(service).ask('GET', `/api/runs/${id}`);

  expect(own.id).toBe(id);
  expect(revoked.status).toBe(401);
  expect(foreign.status).toBe(404);
});

it('makes a development token once and keeps it', async () => {
  const service = await aService({ env: { LONGRUN_DEV_TOKEN: '' } });
  await service.start();
  const token = devTokenOf(service);
  const id = await new Caller(service, token).submit(aPlan('kept', 'record'));

  await service.kill();
  await service.start();

  await new Caller(service, token).untilIs(id, 'COMPLETED');
  expect(devTokenOf(service)).toBe(token);
});

it('makes a development token where the first process was killed before it had written one', async () => {
  const service = await aService({ env: { LONGRUN_DEV_TOKEN: '' } });
  writeFileSync(join(service.dataDir, 'dev-token'), '');

  await service.start();

  const answer = await new Caller(service, devTokenOf(service)).ask('GET', '/api/runs');
  expect(answer.status).toBe(200);
});
