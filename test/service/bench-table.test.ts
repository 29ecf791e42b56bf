import { describe, expect, it } from 'vitest';
import type { Figures, LoadFigures } from '../../bin/bench/figures.ts';
import { tableOf } from '../../bin/bench/table.ts';

const aLoad = (load: Partial<LoadFigures> = {}): LoadFigures => ({
  done: 1000,
  seconds: 2,
  perSecond: 500,
  errors: {},
  serviceCpu: 0.98,
  generatorCpu: 0.07,
  ...load,
});

const someFigures = (figures: Partial<Figures> = {}): Figures => ({
  date: '2026-11-22T10:00:00.000Z',
  node: '24.21.0',
  platform: 'linux-x64',
  cpu: 'Some CPU',
  cores: 2,
  quick: false,
  errors: 0,
  ...figures,
});

describe('the table of the bench', () => {
  it('shows each figure beside its aim and what either process took for it', () => {
    const table = tableOf(someFigures({ reads: aLoad() }));

    expect(table).toMatch(/^ {2}answered +500 \/s +≥ 8,000 \/s +98 % +7 %$/m);
    expect(table).not.toMatch(/!|errors|Accepts|Memory/);
  });

  it('marks all figures of a load with errors, and says which', () => {
    const latency = {
      p50Ms: 3,
      p99Ms: 9,
      aloneP50Ms: 1,
      ...aLoad({ errors: { 'status 500': 2 } }),
    };

    const table = tableOf(someFigures({ latency, reads: aLoad(), errors: 2 }));

    expect(table).toMatch(/median +! 3\.0 ms .*\n.*percentile +! 9\.0 ms\n.*runs +! 500 \/s/);
    expect(table).toMatch(/answered +500 \/s/);
    expect(table).toMatch(/^! 2 errors: 2 × status 500$/m);
  });

  it('leaves out the share of the processor where the system does not say', () => {
    const table = tableOf(someFigures({ reads: aLoad({ serviceCpu: null }) }));

    expect(table).toMatch(/^ {2}answered +500 \/s +≥ 8,000 \/s {19,}7 %$/m);
  });
});
