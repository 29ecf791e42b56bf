import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { EventFileRunBus } from '#adapters/embedded/event-file-run-bus.ts';
import { hasEnded } from '#core/run/run.ts';
import { aFolder, anEngine } from '../builders/an-engine.ts';

it('appends each event as a bus shows it, for its owner alone', async () => {
  const path = join(aFolder(), 'events.jsonl');
  const engine = await anEngine({ bus: new EventFileRunBus(path) });

  const run = await engine.submit();
  await engine.reach(run, hasEnded);

  const lines = () => readFileSync(path, 'utf8').trimEnd().split('\n');
  await vi.waitFor(() => expect(lines()).toHaveLength(3));
  const events = lines().map((line) => JSON.parse(line));
  const first = events.find(({ detail }) => detail.change === 1);
  expect(first).toMatchObject({
    ...{ source: 'longrun', 'detail-type': 'Agent Run Status Changed' },
    time: '2026-01-01T00:00:00.000Z',
    detail: { runId: run.id, status: 'QUEUED', at: '2026-01-01T00:00:00.000Z' },
  });
  expect(statSync(path).mode & 0o077).toBe(0);
});
