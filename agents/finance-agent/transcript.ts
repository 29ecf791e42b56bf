import { resultsOf, type ScriptContext, type ScriptedResult } from 'longrun/scripted-model';
import { Finding } from './measures.ts';
import { uniquePeriods } from './period.ts';
import { PriceToolInput } from './price-tools.ts';
import type { Question } from './question.ts';

type Prompt = ScriptContext['prompt'];

/** The prompt before the message that is being answered. */
export const earlierPart = (prompt: Prompt): Prompt =>
  prompt.slice(
    0,
    Math.max(
      0,
      prompt.findLastIndex(({ role }) => role === 'user'),
    ),
  );

/** The last question that the tools have answered, put together from its calls. */
export function lastAnswered(prompt: Prompt): Question | undefined {
  let end = prompt.length;
  while (end > 0) {
    const start = prompt.findLastIndex(({ role }, i) => role === 'user' && i < end);
    if (start < 0) return undefined;
    const question = toQuestion(resultsOf(prompt.slice(start, end)));
    if (question) return question;
    end = start;
  }
  return undefined;
}

function toQuestion(results: readonly ScriptedResult[]): Question | undefined {
  const calls = results.flatMap(({ input, value }) => {
    const asked = PriceToolInput.safeParse(input);
    const found = Finding.safeParse(value);
    return asked.success && found.success
      ? [{ asked: asked.data, measure: found.data.measure }]
      : [];
  });
  if (calls.length === 0) return undefined;
  return {
    measures: [...new Set(calls.map(({ measure }) => measure))],
    symbols: [...new Set(calls.map(({ asked }) => asked.symbol))],
    periods: uniquePeriods(calls.map(({ asked: { from, to } }) => ({ from, to }))),
  };
}
