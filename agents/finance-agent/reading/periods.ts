import { type Month, toMonth } from '../month.ts';
import type { Period } from '../period.ts';
import type { Meaning } from './meaning.ts';

type Span = Extract<Meaning, { kind: 'span' }>;
interface DatedSpan extends Span {
  readonly year: number;
}
type Item = Exclude<Meaning, { kind: 'year' }>;
type Reading = { readonly period: Period; readonly length: number } | undefined;

/**
 * The periods a question names, in its order. A month without a year is of the nearest year named,
 * or of `usualYear`; none of them when it is of neither.
 */
export function readPeriods(
  meanings: readonly Meaning[],
  usualYear: number | undefined,
): readonly Period[] | undefined {
  const items = dated(joinYears(meanings.filter(({ kind }) => kind !== 'filler')), usualYear);
  if (!items) return undefined;
  const periods: Period[] = [];
  for (let at = 0; at < items.length; ) {
    const reading = readPeriod(items, at);
    if (reading) periods.push(reading.period);
    at += reading?.length ?? 1;
  }
  return periods;
}

/** "March" + "2009", "2008" + "Q3" and a year alone become one span each. */
function joinYears(meanings: readonly Meaning[]): Item[] {
  const items: Item[] = [];
  for (let at = 0; at < meanings.length; at++) {
    const [meaning, next, afterNext] = meanings.slice(at, at + 3);
    if (meaning?.kind === 'span' && meaning.year === undefined && next?.kind === 'year') {
      items.push({ ...meaning, year: next.year });
      at++;
    } else if (meaning?.kind === 'year' && isYearless(next) && afterNext?.kind !== 'year') {
      items.push({ ...next, year: meaning.year });
      at++;
    } else if (meaning?.kind === 'year') {
      items.push({ kind: 'span', first: 1, last: 12, year: meaning.year });
    } else if (meaning) {
      items.push(meaning);
    }
  }
  return items;
}

const isYearless = (meaning: Meaning | undefined): meaning is Span =>
  meaning?.kind === 'span' && meaning.year === undefined;

function dated(items: readonly Item[], usualYear: number | undefined): Item[] | undefined {
  const yearNear = (at: number) =>
    [...items.slice(at), ...items.slice(0, at).reverse()].find(hasYear)?.year ?? usualYear;
  const result = items.map((item, at): Item | undefined => {
    if (!isYearless(item)) return item;
    const year = yearNear(at);
    return year === undefined ? undefined : { ...item, year };
  });
  return result.every((item) => item !== undefined) ? result : undefined;
}

const hasYear = (item: Item | undefined): item is DatedSpan =>
  item?.kind === 'span' && item.year !== undefined;

const firstMonth = ({ year, first }: DatedSpan): Month => toMonth(year, first);
const lastMonth = ({ year, last }: DatedSpan): Month => toMonth(year, last);

const openEnded: Readonly<Record<string, (span: DatedSpan) => Period>> = {
  from: (span) => ({ from: firstMonth(span) }),
  since: (span) => ({ from: firstMonth(span) }),
  after: (span) => ({ from: toMonth(span.year, span.last + 1) }),
  until: (span) => ({ to: lastMonth(span) }),
  to: (span) => ({ to: lastMonth(span) }),
  before: (span) => ({ to: toMonth(span.year, span.first - 1) }),
};

/** What may stand between the two ends of a period that began with this word. */
const linksAfter: Readonly<Record<string, readonly string[]>> = {
  from: ['to', 'until', 'and'],
  between: ['and', 'to'],
  since: ['to', 'until'],
};

function readPeriod(items: readonly Item[], at: number): Reading {
  const [item, next] = items.slice(at, at + 2);
  if (item?.kind === 'wholePeriod') return { period: {}, length: 1 };
  if (hasYear(item)) return readClosed(items, at, ['to', 'until']) ?? single(item);
  if (!item || !hasYear(next)) return undefined;
  const closed = readClosed(items, at + 1, linksAfter[item.kind] ?? []);
  if (closed) return { ...closed, length: closed.length + 1 };
  const period = openEnded[item.kind]?.(next);
  return period && { period, length: 2 };
}

const single = (span: DatedSpan): Reading => ({
  period: { from: firstMonth(span), to: lastMonth(span) },
  length: 1,
});

function readClosed(items: readonly Item[], at: number, links: readonly string[]): Reading {
  const [start, link, end] = items.slice(at, at + 3);
  return hasYear(start) && link && links.includes(link.kind) && hasYear(end)
    ? { period: { from: firstMonth(start), to: lastMonth(end) }, length: 3 }
    : undefined;
}
