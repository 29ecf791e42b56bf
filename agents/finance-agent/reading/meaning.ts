import type { StockSymbol } from '../companies.ts';
import type { Measure } from '../measures.ts';

export type Direction = 'high' | 'low';

/** What a word or phrase of a question means. */
export type Meaning =
  | { readonly kind: 'symbol'; readonly symbol: StockSymbol }
  | { readonly kind: 'allSymbols' }
  | { readonly kind: 'measure'; readonly measure: Measure; readonly direction?: Direction }
  /** Words that ask for a measure only where nothing else does: "price" also stands in "highest price". */
  | { readonly kind: 'hint'; readonly measure: Measure }
  | { readonly kind: 'comparative'; readonly direction: Direction }
  | { readonly kind: 'join' }
  | { readonly kind: 'span'; readonly first: number; readonly last: number; readonly year?: number }
  | { readonly kind: 'year'; readonly year: number }
  | { readonly kind: 'wholePeriod' }
  | { readonly kind: 'and' | 'to' | 'from' | 'between' | 'since' | 'until' | 'after' | 'before' }
  | { readonly kind: 'coverage' }
  | { readonly kind: 'topic' }
  | { readonly kind: 'today' }
  | { readonly kind: 'filler' };
