/** What a model answered that was asked for JSON. @throws SyntaxError */
export const readJson = (text: string): unknown => JSON.parse(withoutFence(text));

/** Models without structured output like to wrap their JSON in Markdown. */
const withoutFence = (text: string) =>
  text.trim().replace(/^```(?:json)?\s*([\s\S]*?)\s*```$/, '$1');
