import * as z from 'zod';
import { type FieldError, invalidInput } from '../run/run-error.ts';
import type { CronCalendar } from './cron-calendar.ts';

/** When a schedule fires. Times are epoch milliseconds. */
export const Timing = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cron'), cron: z.string(), timeZone: z.string() }),
  /** `5 minutes`, counted from `from`. */
  z.object({ kind: z.literal('rate'), rate: z.string(), from: z.number() }),
  z.object({ kind: z.literal('at'), at: z.number() }),
]);
export type Timing = z.infer<typeof Timing>;

/** When it fires, as far as it does at all. Both ends belong to the window. */
export const Window = z.object({ startAt: z.number().nullable(), endAt: z.number().nullable() });
export type Window = z.infer<typeof Window>;

/** How a caller says when: with one of the first three. */
export interface TimingRequest {
  readonly cron?: string | undefined;
  readonly rate?: string | undefined;
  readonly at?: number | undefined;
  /** Of `cron`. @default - UTC, or as it was */
  readonly timeZone?: string | undefined;
}

const unitSeconds: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 24 * 3600 };
const longestRateSeconds = 365 * 24 * 3600;

/**
 * @param known what a change begins with
 * @throws RunError invalid_input naming each field that is wrong
 */
export function toTiming(
  calendar: CronCalendar,
  request: TimingRequest,
  now: number,
  known?: Timing,
): Timing {
  const timing = askedFor(request, now, known);
  if (typeof timing === 'string') throw invalidInput([{ field: 'cron', message: timing }]);
  const wrong = [
    ...faultsOf(calendar, timing, now, known),
    ...(request.timeZone !== undefined && timing.kind !== 'cron'
      ? [{ field: 'timeZone', message: 'is for cron: a rate and a moment need none' }]
      : []),
  ];
  if (wrong.length > 0) throw invalidInput(wrong);
  return timing;
}

function askedFor(request: TimingRequest, now: number, known?: Timing): Timing | string {
  const { cron, rate, at } = request;
  if ([cron, rate, at].filter((one) => one !== undefined).length > 1)
    return 'there must be one of cron, rate and at';
  const knownZone = known?.kind === 'cron' ? known.timeZone : 'UTC';
  const timeZone = request.timeZone ?? knownZone;
  if (cron !== undefined) return { kind: 'cron', cron, timeZone };
  if (rate !== undefined) return { kind: 'rate', rate, from: now };
  if (at !== undefined) return { kind: 'at', at };
  if (known === undefined) return 'there must be one of cron, rate and at';
  return known.kind === 'cron' && known.timeZone !== timeZone ? { ...known, timeZone } : known;
}

function faultsOf(
  calendar: CronCalendar,
  timing: Timing,
  now: number,
  known: Timing | undefined,
): FieldError[] {
  switch (timing.kind) {
    case 'cron': {
      const fault = calendar.fault(timing.cron);
      const isZone = calendar.isTimeZone(timing.timeZone);
      return [
        ...(fault === undefined ? [] : [{ field: 'cron', message: fault }]),
        ...(isZone
          ? []
          : [{ field: 'timeZone', message: 'is no time zone, such as Europe/Berlin' }]),
      ];
    }
    case 'rate':
      return rateMs(timing.rate) > 0
        ? []
        : [{ field: 'rate', message: 'must be like 5 minutes, 2 hours or 1 day, at most a year' }];
    case 'at':
      return timing.at > now || timing === known
        ? []
        : [{ field: 'at', message: 'must be in the future' }];
  }
}

/** 0 for what is no rate. A day has 24 hours, whatever clocks do. */
function rateMs(rate: string): number {
  const [, count = '', unit = ''] = /^([1-9]\d{0,6}) (minute|hour|day)s?$/.exec(rate) ?? [];
  const seconds = Number(count) * (unitSeconds[unit] ?? 0);
  return seconds <= longestRateSeconds ? seconds * 1000 : 0;
}

/** The first firing after that; `undefined` where there is none any more. */
export function firstAfter(
  calendar: CronCalendar,
  timing: Timing,
  { startAt, endAt }: Window,
  after: number,
): number | undefined {
  const earliest = Math.max(after, (startAt ?? 0) - 1);
  const found = next(calendar, timing, startAt, earliest);
  return found === undefined || found > (endAt ?? found) ? undefined : found;
}

function next(
  calendar: CronCalendar,
  timing: Timing,
  startAt: number | null,
  after: number,
): number | undefined {
  switch (timing.kind) {
    case 'cron':
      return calendar.next(timing, after);
    case 'rate': {
      const period = rateMs(timing.rate);
      // A start is a firing; the moment at which somebody made the schedule is none.
      const first = startAt ?? timing.from + period;
      return first + Math.max(0, Math.floor((after - first) / period) + 1) * period;
    }
    case 'at':
      return timing.at > after ? timing.at : undefined;
  }
}

/** The last firing at that time or before it, of a schedule that has one between `first` and then. */
export function latestUpTo(
  calendar: CronCalendar,
  timing: Timing,
  { endAt }: Window,
  first: number,
  at: number,
): number {
  const last = Math.min(at, endAt ?? at);
  switch (timing.kind) {
    case 'cron':
      return Math.max(first, calendar.latest(timing, last) ?? first);
    case 'rate': {
      const period = rateMs(timing.rate);
      return first + Math.max(0, Math.floor((last - first) / period)) * period;
    }
    case 'at':
      return first;
  }
}
