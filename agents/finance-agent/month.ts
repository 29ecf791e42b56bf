import * as z from 'zod';

/** `YYYY-MM`, so that months sort as text. */
export const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'Write a month as YYYY-MM.');
export type Month = z.infer<typeof Month>;

export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** `number` may leave 1 to 12: month 0 is the December before, month 13 the January after. */
export function toMonth(year: number, number: number): Month {
  const date = new Date(Date.UTC(2000, number - 1));
  const fullYear = year + date.getUTCFullYear() - 2000;
  return `${String(fullYear).padStart(4, '0')}-${String(date.getUTCMonth() + 1).padStart(2, '0')}`;
}

export const yearOf = (month: Month): number => Number(month.slice(0, 4));

export const numberInYear = (month: Month): number => Number(month.slice(5));

export const describeMonth = (month: Month): string =>
  `${monthNames[numberInYear(month) - 1]} ${yearOf(month)}`;
