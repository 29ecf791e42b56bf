import type { Script } from 'longrun/scripted-model';

/**
 * Has one tool read the message, whose result is the answer.
 * @param otherwise the rest of the answer where there is none
 */
export const taskScript =
  (tool: string, otherwise: object): Script =>
  ({ message, results, jsonName }) => {
    if (jsonName === 'followups') return { json: { questions: [] } };
    const [result] = results;
    if (result === undefined)
      return {
        reasoning: `All that I know of is in the message: ${tool} reads it.`,
        toolCalls: [{ name: tool, input: { text: message } }],
      };
    if (result.outcome === 'ok') return { json: result.value };
    return { json: { ...otherwise, summary: `I could not read the message: ${result.value}` } };
  };
