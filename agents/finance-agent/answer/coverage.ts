import { companyLabel, StockSymbol } from '../companies.ts';
import { describeMonth } from '../month.ts';
import type { SymbolList } from '../price-tools.ts';

const examples =
  'For example: *What was the highest price of AAPL in 2009?* or *Compare the average of IBM and GOOG in 2006.*';

const enumerate = (items: readonly string[]) => items.join(', ').replace(/, ([^,]*)$/, ' and $1');

/** What there is data of, with nothing that could be taken for a price. */
export function describeCoverage({ symbols }: SymbolList): string {
  const [from = ''] = symbols.map((symbol) => symbol.from).sort();
  const to =
    symbols
      .map((symbol) => symbol.to)
      .sort()
      .at(-1) ?? '';
  const names = symbols.map((entry) =>
    entry.from === from
      ? companyLabel(entry.symbol)
      : `${companyLabel(entry.symbol)}, from ${describeMonth(entry.from)} on`,
  );
  return `I have **monthly prices** from **${describeMonth(from)}** to **${describeMonth(to)}** of:\n\n${names
    .map((name) => `- ${name}`)
    .join('\n')}\n\n${examples}`;
}

/** What to ask, for a message that asked nothing. */
export const help = `I answer questions about past monthly stock prices of ${enumerate(
  StockSymbol.options.map(companyLabel),
)}: highest, lowest and average, changes, months one by one, and comparisons.\n\n${examples}`;
