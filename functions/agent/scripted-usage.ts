import type { LanguageModelV4Prompt, LanguageModelV4Usage } from '@ai-sdk/provider';

export const charactersPerToken = 4;
const countTokens = (text: string) => Math.ceil(text.length / charactersPerToken);

/** What a scripted model says that it has used. */
export function usageOf(
  prompt: LanguageModelV4Prompt,
  reasoning: string,
  text: string,
  calls: readonly unknown[],
): LanguageModelV4Usage {
  const input = countTokens(JSON.stringify(prompt));
  const thought = countTokens(reasoning);
  const said = countTokens(text) + (calls.length > 0 ? countTokens(JSON.stringify(calls)) : 0);
  return {
    inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 },
    outputTokens: { total: thought + said, text: said, reasoning: thought },
  };
}
