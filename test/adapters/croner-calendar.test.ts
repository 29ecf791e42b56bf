import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cronerCalendar } from '#adapters/croner-calendar.ts';

const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

/** So many matches after that moment. */
function matches(cron: string, timeZone: string, after: string, count: number) {
  const found: (string | undefined)[] = [];
  for (let at: number | undefined = Date.parse(after); at !== undefined && found.length < count; ) {
    at = cronerCalendar.next({ cron, timeZone }, at);
    found.push(iso(at));
  }
  return found;
}

describe('where clocks go forward', () => {
  it('a fixed time in the hour that is skipped comes at the end of the gap', () => {
    expect(matches('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('every half hour knows nothing of the hour that is skipped', () => {
    expect(matches('*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:45:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T01:30:00.000Z',
    ]);
  });

  it('a time of a list is as fixed as one alone', () => {
    expect(matches('30 2,14 * * *', 'Europe/Berlin', '2026-03-28T20:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T12:30:00.000Z',
    ]);
  });

  it('half an hour is enough of a gap', () => {
    expect(matches('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', 1)).toEqual([
      '2026-10-03T15:30:00.000Z',
    ]);
  });
});

describe('where clocks go back', () => {
  it('a fixed time in the hour that comes twice comes the first time only', () => {
    expect(matches('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  it('every half hour comes in both of them', () => {
    expect(matches('*/30 * * * *', 'America/New_York', '2026-11-01T05:15:00Z', 4)).toEqual([
      '2026-11-01T05:30:00.000Z',
      '2026-11-01T06:00:00.000Z',
      '2026-11-01T06:30:00.000Z',
      '2026-11-01T07:00:00.000Z',
    ]);
  });
});

describe('the calendar', () => {
  it('has 29 February in leap years alone', () => {
    expect(matches('0 0 29 2 *', 'UTC', '2026-01-01T00:00:00Z', 2)).toEqual([
      '2028-02-29T00:00:00.000Z',
      '2032-02-29T00:00:00.000Z',
    ]);
  });

  it('leaves out the months that have no 31st', () => {
    expect(matches('0 9 31 * *', 'UTC', '2026-03-01T00:00:00Z', 3)).toEqual([
      '2026-03-31T09:00:00.000Z',
      '2026-05-31T09:00:00.000Z',
      '2026-07-31T09:00:00.000Z',
    ]);
  });

  it('finds the last day of each month', () => {
    expect(matches('0 0 L * *', 'UTC', '2027-12-15T00:00:00Z', 3)).toEqual([
      '2027-12-31T00:00:00.000Z',
      '2028-01-31T00:00:00.000Z',
      '2028-02-29T00:00:00.000Z',
    ]);
  });

  it('takes either of a day of the month and a day of the week, as cron does', () => {
    expect(matches('0 0 13 * FRI', 'UTC', '2026-03-10T00:00:00Z', 2)).toEqual([
      '2026-03-13T00:00:00.000Z',
      '2026-03-20T00:00:00.000Z',
    ]);
  });

  it('knows of a day that never comes', () => {
    expect(matches('0 0 30 2 *', 'UTC', '2026-01-01T00:00:00Z', 1)).toEqual([undefined]);
  });

  it('says of a moment that is one itself that it was the latest, and is not the next', () => {
    const daily = { cron: '0 9 * * *', timeZone: 'UTC' };
    const at = Date.parse('2026-03-10T09:00:00Z');

    expect(cronerCalendar.latest(daily, at)).toBe(at);
    expect(cronerCalendar.latest(daily, at - 1)).toBe(at - 24 * 3600_000);
    expect(cronerCalendar.next(daily, at)).toBe(at + 24 * 3600_000);
    expect(cronerCalendar.next(daily, at - 1)).toBe(at);
  });

  it('looks back to what it sees looking ahead', () => {
    const crons = ['*/7 * * * *', '30 2 * * *', '0 */5 * * *', '15 2,3 * * SUN', '0 0 L * *'];
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
    ];
    const moment = fc.integer({
      min: Date.parse('2026-01-01T00:00:00Z'),
      max: Date.parse('2027-06-01T00:00:00Z'),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...crons),
        fc.constantFrom(...zones),
        moment,
        (cron, zone, at) => {
          const expression = { cron, timeZone: zone };
          const next = cronerCalendar.next(expression, at) ?? 0;

          expect(next).toBeGreaterThan(at);
          expect(cronerCalendar.latest(expression, next)).toBe(next);
          const latest = cronerCalendar.latest(expression, next - 1) ?? 0;
          expect(latest).toBeLessThanOrEqual(at);
          expect(cronerCalendar.next(expression, latest)).toBe(next);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('what is no expression', () => {
  it.each([
    ['', 'five fields'],
    ['* * * *', 'five fields'],
    ['* * * * * *', 'five fields'],
    ['@daily', 'five fields'],
    ['61 * * * *', 'minute'],
    ['* 24 * * *', 'hour'],
    ['* * 0 * *', ''],
    ['* * * 13 *', ''],
    ['*/0 * * * *', ''],
    ['a * * * *', ''],
  ])('is told from one, with a reason: %j', (cron, reason) => {
    expect(cronerCalendar.fault(cron)).toContain(reason);
  });

  it('is none of these', () => {
    for (const cron of ['* * * * *', '0 9 * * MON-FRI', '*/15 8-17 1,15 JAN *'])
      expect(cronerCalendar.fault(cron)).toBeUndefined();
  });

  it('tells a time zone from what is none', () => {
    expect(['Europe/Berlin', 'UTC', 'Mars/Base', ''].map(cronerCalendar.isTimeZone)).toEqual([
      ...[true, true, false, false],
    ]);
  });
});
