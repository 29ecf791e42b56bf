import { describe, expect, it } from 'vitest';
import { describeSummary, hasPassed, type Summary } from '../../bin/conformance/summary.ts';

const aSummary = (more: Partial<Summary> = {}): Summary => ({
  passed: 2,
  failed: [],
  skipped: [],
  unknown: [],
  ...more,
});

describe('the summary of the conformance suite', () => {
  it.each([
    ['passes where every case did', aSummary(), true],
    ['passes with skipped cases', aSummary({ skipped: [{ name: 'a', why: 'b' }] }), true],
    ['fails with a failed case', aSummary({ failed: ['a'] }), false],
    ['fails where nothing was checked', aSummary({ passed: 0 }), false],
    ['fails where what was to be skipped is no case', aSummary({ unknown: ['a'] }), false],
  ])('%s', (_, summary, passed) => {
    expect(hasPassed(summary)).toBe(passed);
  });

  it('names what was skipped and why, what failed, and counts', () => {
    const summary = aSummary({
      failed: ['cancels a run'],
      skipped: [{ name: 'waits', why: 'no limit' }],
      unknown: ['walrus'],
    });

    expect(describeSummary('http://localhost:8080', summary, 1.26)).toEqual([
      'skipped: waits (no limit)',
      'FAILED: cancels a run',
      'FAILED: --skip walrus is in the name of no case',
      'http://localhost:8080: 2 passed, 1 failed, 1 skipped in 1.3 s',
    ]);
  });
});
