import * as z from 'zod';
import { describeMonth, Month, numberInYear, yearOf } from './month.ts';

/** First and last month, both included; an end left out is that of the data. */
export const Period = z.object({
  from: Month.optional().describe('First month, YYYY-MM. Left out: from the first month there is.'),
  to: Month.optional().describe('Last month, YYYY-MM. Left out: to the last month there is.'),
});
export type Period = z.infer<typeof Period>;

interface PartOfYear {
  readonly first: number;
  readonly last: number;
  readonly describe: (year: number) => string;
}

const partsOfYear: readonly PartOfYear[] = [
  { first: 1, last: 12, describe: (year) => `in ${year}` },
  { first: 1, last: 6, describe: (year) => `in the first half of ${year}` },
  { first: 7, last: 12, describe: (year) => `in the second half of ${year}` },
  ...[1, 2, 3, 4].map((quarter) => ({
    first: quarter * 3 - 2,
    last: quarter * 3,
    describe: (year: number) => `in Q${quarter} ${year}`,
  })),
];

/** In words that a question may use: "in Q3 2008", "from 2005 to 2008", "since March 2007". */
export function describePeriod({ from, to }: Period): string {
  if (from && to) return describeClosed(from, to);
  if (from) return `since ${numberInYear(from) === 1 ? yearOf(from) : describeMonth(from)}`;
  if (to) return `until ${numberInYear(to) === 12 ? yearOf(to) : describeMonth(to)}`;
  return 'over the whole data set';
}

function describeClosed(from: Month, to: Month): string {
  if (from === to) return `in ${describeMonth(from)}`;
  const [first, last] = [numberInYear(from), numberInYear(to)];
  if (yearOf(from) !== yearOf(to) && first === 1 && last === 12)
    return `from ${yearOf(from)} to ${yearOf(to)}`;
  const part = partsOfYear.find((known) => known.first === first && known.last === last);
  return part && yearOf(from) === yearOf(to)
    ? part.describe(yearOf(from))
    : `from ${describeMonth(from)} to ${describeMonth(to)}`;
}

/** The year that holds both ends; none when the period is open or longer. */
export function onlyYearOf({ from, to }: Period): number | undefined {
  return from && to && yearOf(from) === yearOf(to) ? yearOf(from) : undefined;
}

export const uniquePeriods = (periods: readonly Period[]): Period[] => [
  ...new Map(periods.map((period) => [describePeriod(period), period])).values(),
];
