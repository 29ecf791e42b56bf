import { expect, it } from 'vitest';
import { sweep } from '#core/run/sweep.ts';
import { workingAgent } from '../../builders/an-agent.ts';
import { anEngine } from '../../builders/an-engine.ts';
import { WriteUnits } from './write-units.ts';

const retentionMs = 31 * 24 * 3600 * 1000;

it('a run with one tool call, its events told, is written and deleted with few write units', async () => {
  const units = new WriteUnits();
  const engine = await anEngine({
    agents: [workingAgent(() => undefined)],
    bus: { publish: async () => [] },
    settings: { inlineBytes: 8 * 1024, announces: true, countsRuns: true },
    decorate: (parts) => ({ ...parts, store: units.of(parts.store) }),
  });

  const run = await engine.submit({ agentId: 'worker', message: 'safe' });
  await engine.reach(run, ({ status }) => status === 'COMPLETED');
  await new Promise(setImmediate);
  const written = units.total;
  engine.clock.advance(retentionMs);
  await sweep(engine.deps);

  // What a million runs cost is in the README: it changes with these.
  expect(written).toBeLessThanOrEqual(85);
  expect(units.total - written).toBeLessThanOrEqual(34);
});
