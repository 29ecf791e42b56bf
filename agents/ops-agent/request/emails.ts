const address = `[^\\s@<>,;:"'()]+@[^\\s@<>,;:"'()]+\\.[a-z]{2,}`;
const clause = new RegExp(
  `^(?<before>.*)\\b(?:send|write|e-?mail|mail|notify|tell|inform)\\b\\s*(?:to\\s+)?` +
    `(?<to>${address}(?:\\s*(?:,|and|&)\\s*${address})*)(?<after>.*)$`,
  'is',
);
const leadIn = new Set('and then also please send write a an'.split(' '));

/** From the most telling form to the least: the first that fits is taken. */
const contents: readonly RegExp[] = [
  /^with (?:the )?subject:? ["“](?<subject>.+?)["”],? (?:and |with )*(?:the )?(?:body|text):? ["“](?<body>.+)["”]/is,
  /^[,:]?\s*subject: (?<subject>.+?)[,;.]?\s+(?:body|text): (?<body>.+)$/is,
  /^(?:about|regarding|on) (?<subject>[^:]+?):\s*(?<body>.+)$/is,
  /^(?:about|regarding|on) (?<subject>.+?),? (?:saying|that|to say)(?: that)? (?<said>.+)$/is,
  /^(?:saying|that|to say)(?: that)? (?<said>[^:].*)$/is,
  /^(?:saying|that|to say)(?: that)?: (?<body>.+)$/is,
  /^:\s*(?<body>.+)$/is,
  /^(?:about|regarding|on) (?<subject>.+)$/is,
];

export interface EmailClause {
  /** What the message says beside the email. */
  readonly before: string;
  readonly after: string;
  readonly to: readonly string[];
  readonly subject: string | undefined;
  /** The text word for word. */
  readonly body: string | undefined;
  /** The text as "that …" reports it. */
  readonly said: string | undefined;
}

/** The part of the message that orders an email; none when it names no address. */
export function readEmail(message: string): EmailClause | undefined {
  const groups = clause.exec(message)?.groups;
  if (!groups) return undefined;
  const { before = '', to = '', after = '' } = groups;
  const [content, rest] = cutFurtherOrder(after.trim().replace(/^an? (?:e-?mail|mail) /i, ''));
  const match = contents.map((form) => form.exec(content)?.groups).find((found) => found);
  return {
    before: withoutLeadIn(before),
    after: rest,
    to: to.match(new RegExp(address, 'gi')) ?? [],
    subject: match?.['subject']?.trim(),
    body: match?.['body']?.trim(),
    said: match?.['said']?.trim(),
  };
}

/** "… and delete the table x" is an order of its own, unless it stands in a text after a colon. */
function cutFurtherOrder(text: string): readonly [content: string, rest: string] {
  const order = /,? (?:and|then) (?:then )?(?=(?:delete|drop|remove) (?:the )?tables? )/i.exec(
    text,
  );
  if (!order || text.slice(0, order.index).includes(':')) return [text, ''];
  return [text.slice(0, order.index), text.slice(order.index + order[0].length)];
}

/** The order before "… and send an", without these words. */
function withoutLeadIn(text: string): string {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  return words
    .slice(0, words.findLastIndex((word) => !leadIn.has(word.toLowerCase())) + 1)
    .join(' ');
}
