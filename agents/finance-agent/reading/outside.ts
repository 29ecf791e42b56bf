import type { Meaning } from './meaning.ts';
import type { Word } from './words.ts';

const aboutPrices: ReadonlySet<Meaning['kind']> = new Set([
  'symbol',
  'allSymbols',
  'measure',
  'hint',
  'comparative',
  'join',
  'span',
  'year',
  'wholePeriod',
]);

export const asksForPrices = (words: readonly Word[]): boolean =>
  words.some(({ meaning }) => meaning && aboutPrices.has(meaning.kind));

type Objection =
  | { readonly kind: 'outside'; readonly reason: string }
  | { readonly kind: 'unclear'; readonly ask: string };

const outside = (reason: string): Objection => ({ kind: 'outside', reason });

/**
 * Why the message cannot be answered as it stands; none when nothing speaks against it.
 * @param continues whether it leans on the question before, so that it asks for prices in any case
 */
export function objectionTo(words: readonly Word[], continues: boolean): Objection | undefined {
  const topic = words.find(({ meaning }) => meaning?.kind === 'topic');
  if (topic) return outside(`I have no data on ${topic.text}.`);
  const unknown = words.filter(({ meaning }) => !meaning);
  const stranger = unknown.find(({ named }) => named) ?? unknown[0];
  if (stranger && (asksForPrices(words) || continues)) return objectionToStranger(stranger, words);
  return words.some(({ meaning }) => meaning?.kind === 'today')
    ? outside('My prices are historical: I have none of today and know nothing of what comes next.')
    : undefined;
}

/**
 * Beside a known symbol an unknown word that is no name may be anything; without a symbol it is
 * what the question is about. Either way nothing is answered as if the word were not there. Digits
 * are not repeated: nothing in the answer may look like a price.
 */
function objectionToStranger({ text, named }: Word, words: readonly Word[]): Objection {
  if (/\d/.test(text))
    return outside(
      'I have whole months and years only and cannot place every number of the question.',
    );
  const hasSymbol = words.some(({ meaning }) => meaning?.kind === 'symbol');
  return named || !hasSymbol
    ? outside(`I have no data on ${text.replace(/['’]s$/, '')}.`)
    : { kind: 'unclear', ask: `I do not understand “${text}”. Could you ask without it?` };
}
