import type { LanguageModelV4Message } from '@ai-sdk/provider';
import * as z from 'zod';
import { EditedArguments, ToolOutput, type ToolResultPart } from '#core/session/transcript.ts';

type PromptPart = Extract<LanguageModelV4Message, { role: 'tool' }>['content'][number];
type PromptResult = Extract<PromptPart, { type: 'tool-result' }>;

/** What a scripted model is told beside the words: no provider looks here. */
const Beside = z.object({
  longrun: z.object({ arguments: EditedArguments, output: ToolOutput }),
});

/** A result as the model is told of it: of a call that a person has changed it has to know that. */
export function tellResult(result: ToolResultPart): PromptResult {
  const { editedArguments, full: _full, durationMs: _durationMs, ...part } = result;
  const { output } = part;
  if (editedArguments === undefined || output.type === 'execution-denied') return part;
  const told = output.type === 'json' ? JSON.stringify(output.value) : output.value;
  return {
    ...part,
    output: {
      type: output.type === 'error-text' ? 'error-text' : 'text',
      value: `A person changed the arguments of this call before approving it. It was made with ${JSON.stringify(editedArguments)}, and this came of it:\n${told}`,
    },
    providerOptions: { longrun: { arguments: editedArguments, output } },
  };
}

/** What really was called, and what came of it, where a person has changed the call. */
export const untellResult = ({ providerOptions }: PromptResult) =>
  Beside.safeParse(providerOptions).data?.longrun;
