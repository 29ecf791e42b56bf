import { plural, statementsOf } from './statements.ts';
import { themesOf } from './themes.ts';

export interface Draft {
  readonly title: string;
  readonly markdown: string;
  readonly sections: number;
}

/** A document that has what a text states, under its themes; the first statement is its title. */
export function draftOf(text: string): Draft {
  const [title = 'Untitled', ...rest] = statementsOf(text);
  const themes = themesOf(rest.join('\n'));
  const placed = new Set(themes.flatMap(({ insights }) => insights));
  const introduction = rest.filter((statement) => !placed.has(statement));
  const sections = themes.map(
    ({ name, insights }) =>
      `## ${capital(name)}\n\n${insights.map((one) => `- ${one}`).join('\n')}`,
  );
  const heading = `# ${capital(title.replace(/[.!?:]+$/, ''))}`;
  const parts = [heading, introduction.join(' '), ...sections].filter((part) => part !== '');
  return { title: heading.slice(2), markdown: parts.join('\n\n'), sections: sections.length };
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

export const describeDraft = ({ title, markdown, sections }: Draft) =>
  `Drafted "${title}": ${plural(markdown.split(/\s+/).length, 'word')} in ${plural(sections, 'section')}`;
