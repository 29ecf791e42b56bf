export interface Draft {
  readonly title: string;
  readonly markdown: string;
  readonly sections: number;
}

// What a tool gives back whole is limited to 128 KB.
const mostNotes = 150;
const longestNote = 200;

/** The notes of a text, one a line. */
export const notesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.replace(/^\s*(?:[-*•]|\d+[.)])\s+/, '').trim())
    .filter((line) => /\p{L}/u.test(line))
    .slice(0, mostNotes)
    .map((line) => line.slice(0, longestNote));

/**
 * A document that has what notes say: the first one is its title, and those that begin with the same
 * `topic:` are gathered in a section.
 */
export function draftOf(notes: readonly string[]): Draft {
  const [title = 'Untitled', ...rest] = notes;
  const byTopic = Map.groupBy(rest.map(toNote), ({ topic }) => topic);
  const introduction = (byTopic.get('') ?? []).map(({ text }) => text).join(' ');
  byTopic.delete('');
  const sections = [...byTopic].map(
    ([topic, found]) => `## ${topic}\n\n${found.map(({ text }) => `- ${text}`).join('\n')}`,
  );
  const heading = capital(title.replace(/[.!?:]+$/, ''));
  const parts = [`# ${heading}`, introduction, ...sections].filter((part) => part !== '');
  return { title: heading, markdown: parts.join('\n\n'), sections: sections.length };
}

function toNote(note: string) {
  const [, topic = '', text = note] = /^([^:.]{1,40}):\s+(.+)$/.exec(note) ?? [];
  return { topic: capital(topic), text };
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
