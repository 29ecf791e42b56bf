import { companyLabel } from '../companies.ts';
import type { Finding, FindingOf, Measure } from '../measures.ts';
import { describeMonth } from '../month.ts';
import { describePeriod, type Period } from '../period.ts';

/** "Apple (AAPL) in 2009": the period that there is data of, which may be shorter than the one asked. */
export const subject = (finding: Finding): string =>
  `${companyLabel(finding.symbol)} ${describePeriod(finding)}`;

export const money = (dollars: number): string => `$${dollars.toFixed(2)}`;

const signed = (number: number, text: string) => `${number < 0 ? '-' : '+'}${text}`;

export const describeChange = ({ absolute, percent }: FindingOf<'change'>): string =>
  `${signed(absolute, money(Math.abs(absolute)))} (${signed(percent, Math.abs(percent).toFixed(2))}%)`;

const extreme = (finding: FindingOf<'highest'> | FindingOf<'lowest'>) =>
  `The ${finding.measure} price of ${subject(finding)} was **${money(finding.price)}**, in ${describeMonth(finding.month)}.`;

const descriptions: { readonly [M in Measure]: (finding: FindingOf<M>) => string } = {
  highest: extreme,
  lowest: extreme,
  average: (finding) =>
    `The average price of ${subject(finding)} was **${money(finding.price)}** (${counted(finding.months)}).`,
  change: (finding) => {
    const { symbol, start, end, absolute } = finding;
    const verb = absolute > 0 ? 'rose' : absolute < 0 ? 'fell' : 'came back';
    return `${companyLabel(symbol)} ${verb} from ${money(start.price)} in ${describeMonth(start.month)} to ${money(end.price)} in ${describeMonth(end.month)}: **${describeChange(finding)}**.`;
  },
  prices: (finding) => {
    const [only, ...others] = finding.prices;
    return only && others.length === 0
      ? `The price of ${subject(finding)} was **${money(only.price)}**.`
      : `The prices of ${subject(finding)}:\n\n${priceTable(finding)}`;
  },
};

const counted = (months: number) => (months === 1 ? 'one month' : `mean of ${months} months`);

const priceTable = ({ prices }: FindingOf<'prices'>) =>
  [
    '| Month | Price |',
    '| --- | ---: |',
    ...prices.map(({ month, price }) => `| ${describeMonth(month)} | ${money(price)} |`),
  ].join('\n');

function describeOne<M extends Measure>(measure: M, finding: FindingOf<M>): string {
  return descriptions[measure](finding);
}

/** One finding as a sentence or a table; `asked` may be wider than the data. */
export function describeFinding(finding: Finding, asked: Period): string {
  const isClipped =
    (asked.from && asked.from < finding.from) || (asked.to && asked.to > finding.to);
  const note = isClipped ? ' There is no data of the rest of that period.' : '';
  return `${describeOne(finding.measure, finding)}${note}`;
}
