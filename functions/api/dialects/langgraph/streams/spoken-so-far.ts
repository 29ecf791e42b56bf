import { type ContentBlock, toSpokenBlock } from '../messages/messages.ts';

/** What the model has said in the step in hand, in the blocks that its message will have. */
export class SpokenSoFar {
  readonly #parts: { readonly type: 'text' | 'reasoning'; text: string }[] = [];

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  get blocks(): ContentBlock[] {
    return this.#parts.map(({ type, text }, index) => toSpokenBlock(type, text, index));
  }

  /** @returns what was said now, with the place of its block */
  add(type: 'text' | 'reasoning', text: string): ContentBlock {
    const last = this.#parts.at(-1);
    if (last?.type === type) last.text += text;
    else this.#parts.push({ type, text });
    return toSpokenBlock(type, text, this.#parts.length - 1);
  }

  /** Whether it is all that the message says: what was told while it came into being may be lost. */
  isAllOf(content: string | readonly ContentBlock[]): boolean {
    return JSON.stringify(this.blocks) === JSON.stringify(content);
  }
}
