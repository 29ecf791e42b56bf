import { describe, expect, it } from 'vitest';
import financeAgent from '../../agents/finance-agent.ts';
import { Conversation } from './conversation.ts';

/** Says the messages one after another and gives the arguments of the last one's tool calls. */
async function lastCalls(...messages: readonly string[]) {
  const session = new Conversation(financeAgent);
  const exchanges = [];
  for (const message of messages) exchanges.push(await session.say(message));
  return exchanges.at(-1)?.calls.map(({ name, input }) => [name, input]);
}

const in2009 = { from: '2009-01', to: '2009-12' };
const in2008 = { from: '2008-01', to: '2008-12' };
const first = 'What was the highest price of AAPL in 2009?';

describe('a session with the finance agent', () => {
  it('answers one question after another with what each leaves out', async () => {
    const session = new Conversation(financeAgent);

    const texts = [];
    for (const message of [first, 'And of MSFT?', 'And in 2008?', 'And the average?'])
      texts.push((await session.say(message)).text);

    expect(texts).toEqual([
      'The highest price of Apple (AAPL) in 2009 was **$210.73**, in December 2009.',
      'The highest price of Microsoft (MSFT) in 2009 was **$30.34**, in December 2009.',
      'The highest price of Microsoft (MSFT) in 2008 was **$31.13**, in January 2008.',
      'The average price of Microsoft (MSFT) in 2008 was **$25.21** (mean of 12 months).',
    ]);
  });

  it.each([
    ['What about Google?', 'highest_price', { symbol: 'GOOG', ...in2009 }],
    ['how about the lowest', 'lowest_price', { symbol: 'AAPL', ...in2009 }],
    ['And in March?', 'highest_price', { symbol: 'AAPL', from: '2009-03', to: '2009-03' }],
    [
      'And in the second half?',
      'highest_price',
      { symbol: 'AAPL', from: '2009-07', to: '2009-12' },
    ],
    ['And Q2 2008?', 'highest_price', { symbol: 'AAPL', from: '2008-04', to: '2008-06' }],
    ['And since 2007?', 'highest_price', { symbol: 'AAPL', from: '2007-01' }],
    ['And over the whole data set?', 'highest_price', { symbol: 'AAPL' }],
    ['And how much did it fall?', 'price_change', { symbol: 'AAPL', ...in2009 }],
    ['And the price of IBM in 2008?', 'monthly_prices', { symbol: 'IBM', ...in2008 }],
    ['What was the lowest price of IBM?', 'lowest_price', { symbol: 'IBM' }],
  ])('understands "%s" after a first question', async (message, name, input) => {
    expect(await lastCalls(first, message)).toEqual([[name, input]]);
  });

  it('carries both stocks of a comparison over', async () => {
    const calls = await lastCalls('Which was higher in 2009, AAPL or MSFT?', 'And in 2008?');

    expect(calls).toEqual([
      ['average_price', { symbol: 'AAPL', ...in2008 }],
      ['average_price', { symbol: 'MSFT', ...in2008 }],
    ]);
  });

  it('adds a stock that is to be compared with the one before', async () => {
    expect(await lastCalls(first, 'How does that compare to IBM?')).toEqual([
      ['highest_price', { symbol: 'AAPL', ...in2009 }],
      ['highest_price', { symbol: 'IBM', ...in2009 }],
    ]);
  });

  it('carries nothing over from a question that it could not answer', async () => {
    const calls = await lastCalls(first, 'Highest price of GOOG in 2003?', 'And the average?');

    expect(calls).toEqual([['average_price', { symbol: 'AAPL', ...in2009 }]]);
  });

  it.each([
    'And of Tesla?',
    'And nvidia?',
    'And of Lilly?',
    'What about the bread?',
    'And its P/E?',
  ])('does not fill "%s" from the question before', async (message) => {
    expect(await lastCalls(first, message)).toEqual([['list_symbols', {}]]);
  });

  it.each(['Great, thanks!', 'Bye', 'Tell me a joke'])(
    'does not take "%s" for a question because one came before',
    async (message) => {
      expect(await lastCalls(first, message)).toEqual([]);
    },
  );

  it('asks for the year when neither the question nor the one before names it', async () => {
    const session = new Conversation(financeAgent);
    await session.say('What was the highest price of AAPL from 2005 to 2008?');

    const { text, calls } = await session.say('And in March?');

    expect(calls).toEqual([]);
    expect(text).toContain('Which year do you mean?');
  });
});
