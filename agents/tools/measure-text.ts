import * as z from 'zod';

export const Figures = z.object({
  words: z.number(),
  sentences: z.number(),
  wordsPerSentence: z.number(),
});
export type Figures = z.infer<typeof Figures>;

export function figuresOf(text: string): Figures {
  const words = (text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? []).length;
  const sentences = Math.max(1, (text.match(/[.!?]+(?:\s|$)/g) ?? []).length);
  return { words, sentences, wordsPerSentence: Math.round((10 * words) / sentences) / 10 };
}
