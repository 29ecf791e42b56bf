import { expect, it } from 'vitest';
import { bundleTableOf } from '../../bin/bench/bundle-table.ts';

it('shows the size of each function, at its start and in all, and how long that takes', () => {
  const table = bundleTableOf([
    { name: 'api', startBytes: 460_123, bytes: 660_987, importMs: 63.21 },
  ]);

  expect(table).toMatch(/^ {2}api +460\.1 KB +661\.0 KB +63\.2 ms$/m);
});
