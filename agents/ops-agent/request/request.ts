import type { Email } from '../demo/email.ts';

/** What changes something, each for a person to approve. */
export type Action =
  | { readonly kind: 'deleteTable'; readonly table: string }
  | { readonly kind: 'sendEmail'; readonly email: Email };

export type RowOrder = 'latest' | 'oldest' | 'any';

export type Request =
  | { readonly kind: 'act'; readonly actions: readonly [Action, ...Action[]] }
  | { readonly kind: 'sql'; readonly sql: string }
  | { readonly kind: 'tables' }
  | { readonly kind: 'count'; readonly table: string }
  | {
      readonly kind: 'rows';
      readonly table: string;
      readonly order: RowOrder;
      readonly limit: number;
    }
  /** `ask` is what the user should be asked back, where something of it was understood. */
  | { readonly kind: 'unclear'; readonly ask?: string };
