const name = '["\'`]?([\\w-]+)["\'`]?';
const names = `((?:["'\`]?[\\w-]+["'\`]?(?:\\s*,\\s*|\\s+and\\s+)?)+)`;

const forms: readonly RegExp[] = [
  new RegExp(`\\btables\\s+${names}`, 'i'),
  new RegExp(`\\btable\\s+(?:if\\s+exists\\s+)?(?:called\\s+|named\\s+)?${name}`, 'i'),
  new RegExp(`\\b(?:the|my|our)\\s+${name}\\s+table\\b`, 'i'),
  new RegExp(`^\\s*${name}\\s+table\\b`, 'i'),
];

const verb = /\b(?:delete|drop|remove)\b/i;
/** "Do not delete …", "What happens if I delete …", "How can I delete …" */
const notAnOrder = /\b(?:not|don['’]t|never|without|if|how|should|what|why)\b/i;

/** What stands after the order to delete; none when the text orders no such thing. */
function objectOf(text: string): string | undefined {
  const found = verb.exec(text);
  if (!found || notAnOrder.test(text.slice(0, found.index))) return undefined;
  return text.slice(found.index + found[0].length);
}

export const ordersDeletion = (text: string): boolean => objectOf(text) !== undefined;

/** The tables that the text orders to delete. */
export function readDeletions(text: string): readonly string[] {
  const object = objectOf(text) ?? '';
  const match = forms.map((form) => form.exec(object)).find((found) => found);
  return match?.[1] ? split(match[1]) : [];
}

const split = (list: string) =>
  list
    .split(/\s*,\s*|\s+and\s+|\s+/)
    .map((item) => item.replaceAll(/["'`]/g, ''))
    .filter((item) => item !== '' && item !== 'and');
