import type { Meaning } from './meaning.ts';
import { longestPhrase, meaningOf } from './vocabulary.ts';

export interface Word {
  /** As it was written; several words when they mean one thing. */
  readonly text: string;
  /** None when the vocabulary does not hold it. */
  readonly meaning: Meaning | undefined;
  /** An unknown word that stands where the name of a company would. */
  readonly named: boolean;
}

const wordPattern = /[\p{L}\d]+(?:[&/.'’-][\p{L}\d]+)*|&/gu;
const beforeNames = new Set('of for to with about and or vs versus than &'.split(' '));
const afterNames = new Set('and or vs versus than &'.split(' '));
const beforeDates = new Set(
  'in of for from to until since between and before after during'.split(' '),
);

const filler: Meaning = { kind: 'filler' };

/** A question's words, those that mean something together as one. */
export function readWords(message: string): Word[] {
  const texts =
    message.replaceAll(/(\d{4})\s*[-–—]\s*(?=\d{4})/g, '$1 to ').match(wordPattern) ?? [];
  const words: Word[] = [];
  for (let at = 0; at < texts.length; ) {
    const found = longestMeaning(texts, at) ?? adverb(texts, at);
    const length = found?.length ?? 1;
    words.push({
      text: texts.slice(at, at + length).join(' '),
      meaning: found?.meaning,
      named: !found && isNamed(texts, at),
    });
    at += length;
  }
  return words;
}

function longestMeaning(texts: readonly string[], at: number) {
  for (let length = Math.min(longestPhrase, texts.length - at); length > 0; length--) {
    const phrase = texts
      .slice(at, at + length)
      .map(plain)
      .join(' ');
    const meaning = isVerbMay(texts, at, length) ? filler : meaningOf(phrase);
    if (meaning) return { meaning, length };
  }
  return undefined;
}

const plain = (text = '') => {
  const lower = text.toLowerCase().replaceAll('’', "'");
  return meaningOf(lower) ? lower : lower.replace(/'s$/, '');
};

/** "Exactly", "kindly" and their like add nothing; "of Lilly" is a name. */
const adverb = (texts: readonly string[], at: number) =>
  /ly$/.test(texts[at] ?? '') && !isNamed(texts, at) ? { meaning: filler, length: 1 } : undefined;

/** "May I ask …": a month only beside a year or after a word that dates follow. */
function isVerbMay(texts: readonly string[], at: number, length: number): boolean {
  if (length > 1 || plain(texts[at]) !== 'may') return false;
  const besideYear = [texts[at - 1], texts[at + 1]].some((text) => /^[12]\d{3}$/.test(text ?? ''));
  return !besideYear && !beforeDates.has(plain(texts[at - 1]));
}

function isNamed(texts: readonly string[], at: number): boolean {
  const text = texts[at] ?? '';
  const capital = /^\p{Lu}/u.test(text) && (at > 0 || /^\p{Lu}{2,}$/u.test(text));
  const beside = beforeNames.has(plain(texts[at - 1])) || afterNames.has(plain(texts[at + 1]));
  return capital || beside || /['’]s$/.test(text);
}
