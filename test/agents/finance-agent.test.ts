import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import financeAgent from '../../agents/finance-agent.ts';
import { Conversation } from './conversation.ts';
import { anyPeriod, anySymbol } from './price-questions.ts';

const ask = (message: string) => new Conversation(financeAgent).say(message);

const documented = [
  'What is the current stock price of NVIDIA?',
  'Analyze Q3 2025 earnings for the top 10 S&P 500 constituents.',
];

const outside = [
  ...documented,
  'highest price of nvda in 2009',
  'Compare AAPL and Tesla in 2009',
  'Was Apple higher in 2009, Tesla being higher?',
  'What is the current price of Apple?',
  'What will AAPL cost in 2011?',
  "What is Apple's P/E ratio?",
  'How much revenue did Microsoft have in 2008?',
  'Highest price of AAPL in 2012?',
  'Lowest price of GOOG in 2003',
  'average price of MSFT in 1999',
  'Price of AAPL on March 5, 2009',
  'Is AAPL at 875.40 or at $900.10?',
  'What was the average price of bread in 2009?',
];

describe('the finance agent', () => {
  it.each(outside)('says what it covers and gives no price for "%s"', async (message) => {
    const { text, reasoning, calls } = await ask(message);

    expect(text).not.toMatch(/\$|\d[.,]\d|%/);
    expect(text).toContain('**monthly prices** from **January 2000** to **March 2010**');
    for (const symbol of ['AAPL', 'AMZN', 'GOOG', 'IBM', 'MSFT']) expect(text).toContain(symbol);
    expect(calls.at(-1)?.name).toBe('list_symbols');
    expect(reasoning).toHaveLength(calls.length);
  });

  it.each(['', 'hi', 'Tell me a joke', 'What is the weather in Berlin?', 'Thanks!', '😀', 'AAPL'])(
    'tells what to ask when the message is "%s"',
    async (message) => {
      const { text, calls } = await ask(message);

      expect(calls).toEqual([]);
      expect(text).toContain('What was the highest price of AAPL in 2009?');
      expect(text).not.toMatch(/\$|\d[.,]\d/);
    },
  );

  it('asks back rather than overlook a word beside a stock', async () => {
    const { text } = await ask('Highest price of apple pie in 2009');

    expect(text).toContain('I do not understand “pie”.');
  });

  it('ranks every stock when the question names none', async () => {
    const { text, calls } = await ask('Which stock fell the most in 2008?');

    expect(calls).toHaveLength(5);
    expect(text).toBe(
      [
        '**Google (GOOG)** did worst:\n',
        '1. Google (GOOG) in 2008: **-$256.65 (-45.48%)**',
        '2. Microsoft (MSFT) in 2008: **-$12.22 (-39.25%)**',
        '3. Apple (AAPL) in 2008: **-$50.01 (-36.95%)**',
        '4. Amazon (AMZN) in 2008: **-$26.42 (-34.00%)**',
        '5. IBM in 2008: **-$20.60 (-20.05%)**',
      ].join('\n'),
    );
  });

  it('lists the prices month by month', async () => {
    const { text } = await ask('prices of msft in q1 2009');

    expect(text).toBe(
      [
        'The prices of Microsoft (MSFT) in Q1 2009:\n',
        '| Month | Price |',
        '| --- | ---: |',
        '| January 2009 | $16.63 |',
        '| February 2009 | $15.81 |',
        '| March 2009 | $17.99 |',
      ].join('\n'),
    );
  });

  it('says when the data hold only a part of the period', async () => {
    const { text } = await ask('Average price of GOOG in 2004?');

    expect(text).toContain('from August 2004 to December 2004');
    expect(text).toContain('There is no data of the rest of that period.');
  });

  it('compares what there is and says what there is not', async () => {
    const { text } = await ask('Compare AAPL and GOOG in 2003');

    expect(text).toContain('The average price of Apple (AAPL) in 2003 was **$9.35**');
    expect(text).toContain('There are no prices of GOOG in 2003, only from August 2004');
  });

  it('thinks aloud before it calls a tool', async () => {
    const { reasoning } = await ask('What was the highest price of AAPL in 2009?');

    expect(reasoning).toEqual([
      'The user asks for the highest price of AAPL in 2009. I look it up in the data.',
    ]);
  });

  it('never fails, whatever is said', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 }),
        async (said) => {
          const session = new Conversation(financeAgent);

          for (const message of said) expect((await session.say(message)).text).not.toBe('');
        },
      ),
    );
  });
});

describe("the finance agent's follow-up questions", () => {
  it('have an answer with a figure, in the session and outside it', async () => {
    const measure = fc.constantFrom('highest', 'lowest', 'average', 'change', 'prices');
    await fc.assert(
      fc.asyncProperty(anySymbol, anyPeriod, measure, async (symbol, period, asked) => {
        const session = new Conversation(financeAgent);
        await session.say(`${asked} of ${symbol.words} ${period.words}`);

        const questions = await session.followUps();

        expect(questions.length).toBeGreaterThan(0);
        expect(questions.length).toBeLessThanOrEqual(3);
        expect(new Set(questions).size).toBe(questions.length);
        for (const question of questions)
          for (const conversation of [new Conversation(financeAgent), session])
            expect((await conversation.say(question)).text, question).toMatch(/\*\*.?\$\d+\.\d\d/);
      }),
    );
  });

  it('lead on from the last question', async () => {
    const session = new Conversation(financeAgent);
    await session.say('What was the highest price of AAPL in 2009?');

    expect(await session.followUps()).toEqual([
      'What was the lowest price of AAPL in 2009?',
      'What was the highest price of MSFT in 2009?',
      'What was the change of AAPL over the whole data set?',
    ]);
  });
});

describe("the finance agent's tools", () => {
  it('can be described to a model and may be repeated', () => {
    for (const tool of financeAgent.tools ?? []) {
      expect(z.toJSONSchema(tool.input)).toMatchObject({ type: 'object' });
      expect(tool.idempotent).toBe(true);
    }
  });

  it.each([
    [{ symbol: 'NVDA' }, 'Use one of the symbols AAPL, AMZN, GOOG, IBM and MSFT.'],
    [{ symbol: 'AAPL', from: '2009-13' }, 'Write a month as YYYY-MM.'],
    [{ symbol: 'AAPL', from: '2009-02', to: '2009-01' }, 'The period ends before it begins.'],
  ])('say what is wrong with %j', (input, message) => {
    const tool = financeAgent.tools?.find(({ name }) => name === 'highest_price');

    const error = tool?.input.safeParse(input).error ?? new z.ZodError([]);

    expect(z.prettifyError(error)).toContain(message);
  });
});
