import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import financeAgent from '../../agents/finance-agent.ts';
import { Conversation } from './conversation.ts';
import { anyPeriod, anySymbol, pricesOf } from './price-questions.ts';
import { type CsvPrice, divideRounded, inDollars, monthInWords } from './stocks-csv.ts';

/** What must stand in bold, and what else in the answer. */
interface Expected {
  readonly bold: string;
  readonly month?: string;
}

type Measure = (prices: readonly CsvPrice[]) => Expected | undefined;

const best = (prices: readonly CsvPrice[], sign: bigint): Expected | undefined => {
  const [first] = prices.toSorted(
    (a, b) => Number(sign * (b.cents - a.cents)) || a.month - b.month,
  );
  return first && { bold: inDollars(first.cents), month: monthInWords(first.month) };
};

const average: Measure = (prices) => {
  const sum = prices.reduce((total, { cents }) => total + cents, 0n);
  return prices.length === 0
    ? undefined
    : { bold: inDollars(divideRounded(sum, BigInt(prices.length))) };
};

const change: Measure = (prices) => {
  const [start, end] = [prices.at(0), prices.at(-1)];
  if (!start || !end || start === end) return undefined;
  const difference = end.cents - start.cents;
  const hundredths = divideRounded(difference * 10_000n, start.cents);
  const percent = inDollars(hundredths < 0n ? -hundredths : hundredths).slice(1);
  return difference < 0n
    ? { bold: `-${inDollars(-difference)} (-${percent}%)` }
    : { bold: `+${inDollars(difference)} (+${percent}%)` };
};

const measures: readonly (readonly [string, Measure])[] = [
  ['What was the highest price of %s', (prices) => best(prices, 1n)],
  ['maximum of %s', (prices) => best(prices, 1n)],
  ["What was %s's lowest price", (prices) => best(prices, -1n)],
  ['What is the average price of %s', average],
  ['Tell me the mean of %s', average],
  ['How much did %s change', change],
  ['How did %s do', change],
];

describe('the figures of the finance agent', () => {
  it.each(measures)('are those of the file for "%s …?"', async (template, measure) => {
    await fc.assert(
      fc.asyncProperty(anySymbol, anyPeriod, async (symbol, period) => {
        const expected = measure(pricesOf(symbol.symbol, period));
        const question = `${template.replace('%s', symbol.words)} ${period.words}?`;

        const { text } = await new Conversation(financeAgent).say(question);

        if (!expected) expect(text, question).not.toMatch(/\d\.\d|\$/);
        else expect(text, question).toContain(`**${expected.bold}**`);
        if (expected?.month) expect(text, question).toContain(expected.month);
      }),
      { numRuns: 150 },
    );
  });

  it('are the same whether symbol, period and measure come at once or one after another', async () => {
    await fc.assert(
      fc.asyncProperty(anySymbol, anySymbol, anyPeriod, async (symbol, other, period) => {
        fc.pre(period.words !== '' && pricesOf(symbol.symbol, period).length > 0);
        fc.pre(pricesOf(other.symbol, period).length > 0);
        const session = new Conversation(financeAgent);
        const atOnce = new Conversation(financeAgent);

        await session.say(`What was the highest price of ${symbol.words} ${period.words}?`);
        await session.say('And the lowest?');
        const last = await session.say(`And of ${other.words}?`);

        const same = await atOnce.say(
          `What was the lowest price of ${other.words} ${period.words}?`,
        );
        expect(last.text).toBe(same.text);
      }),
      { numRuns: 100 },
    );
  });

  it('name the higher of two averages', async () => {
    await fc.assert(
      fc.asyncProperty(anySymbol, anySymbol, anyPeriod, async (one, other, period) => {
        const [a, b] = [one, other].map(({ symbol }) => {
          const prices = pricesOf(symbol, period);
          return { prices, bold: average(prices)?.bold };
        });
        fc.pre(one.symbol !== other.symbol && a?.bold !== undefined && b?.bold !== undefined);
        fc.pre(a?.bold !== b?.bold);

        const { text, calls } = await new Conversation(financeAgent).say(
          `Which was higher ${period.words}, ${one.words} or ${other.words}?`,
        );

        const order = [a?.bold, b?.bold].toSorted((x, y) => dollars(y) - dollars(x));
        expect(calls).toHaveLength(2);
        expect(text.match(/\*\*\$[\d.]+\*\*/g)).toEqual(order.map((bold) => `**${bold}**`));
      }),
      { numRuns: 100 },
    );
  });
});

const dollars = (bold: string | undefined) => Number(bold?.slice(1));
