import type { AgentDefinition } from 'longrun/agent';
import { describe, expect, it } from 'vitest';
import type { AgentRequest } from '#core/run/agents.ts';
import drafting from '../../agents/drafting.ts';
import recommendation from '../../agents/recommendation.ts';
import synthesis from '../../agents/synthesis.ts';
import { AgentDriver } from '../agent/agent-driver.ts';

/** What a run of the agent comes to, and the phases that it told of. */
async function run(agent: AgentDefinition, message: string, more: Partial<AgentRequest> = {}) {
  const driver = new AgentDriver(agent, { request: { message, ...more } });
  const outcome = await driver.drive();
  if (outcome.kind !== 'done') throw new Error(`no answer: ${JSON.stringify(outcome)}`);
  const phases = driver.events.flatMap((event) =>
    event.type === 'progress' ? [event.data.phase] : [],
  );
  return { ...outcome.output, phases };
}

const interviews = `
- The export is slow. People wait for it.
- Exports fail at night.
- Pricing is unclear.
- Nobody finds the pricing page!
1. I like the colours.`;

describe('synthesis', () => {
  it('groups what is said by the words that are shared', async () => {
    const { content, structured, phases } = await run(synthesis, interviews);

    expect(content).toBe('Extracted 4 insights across 2 themes');
    expect(structured).toEqual({
      summary: content,
      themes: [
        { name: 'export', insights: ['The export is slow.', 'Exports fail at night.'] },
        { name: 'pricing', insights: ['Pricing is unclear.', 'Nobody finds the pricing page!'] },
      ],
    });
    expect(phases).toEqual(['reading', 'grouping']);
  });

  it.each([
    ['Synthesize all sources from Q1', 'Read 1 statement; no theme comes up twice'],
    ['…', 'Read 0 statements; no theme comes up twice'],
  ])('claims nothing of a text without themes: %s', async (message, summary) => {
    expect(await run(synthesis, message)).toMatchObject({
      content: summary,
      structured: { themes: [] },
    });
  });

  it('counts a statement once, however many themes it touches', async () => {
    const text = 'Slow export. Slow pricing. Export pricing. Slow export pricing.';
    const { structured } = await run(synthesis, text);

    expect(JSON.stringify(structured).match(/Slow export pricing/g)).toHaveLength(1);
  });
});

describe('recommendation', () => {
  it('recommends the option that more is said for than against', async () => {
    const { content, structured, phases } = await run(
      recommendation,
      'Which database?\n- MySQL: old, well known\n- Postgres: fast, well known, hard to scale\n* SQLite: simple',
    );

    expect(content).toBe('It is a draw between Postgres and SQLite');
    expect(structured).toMatchObject({
      options: [
        { option: 'Postgres', score: 1, pros: ['fast', 'well known'], cons: ['hard to scale'] },
        { option: 'SQLite', score: 1 },
        { option: 'MySQL', score: 0, cons: ['old'] },
      ],
    });
    expect(phases).toEqual(['reading', 'weighing']);
  });

  it.each([
    ['A: good, but slow\nB: fast, weak', 'It is a draw between A and B'],
    ['A: slow\nB: quick; cheap', 'Recommends B: 2 for it, 0 against'],
    ['Which one shall I take?', 'Found no options: '],
  ])('says why, or that it cannot tell: %j', async (message, begins) => {
    const { content } = await run(recommendation, message);

    expect(content.slice(0, begins.length)).toBe(begins);
  });
});

describe('drafting', () => {
  const notes =
    'release notes:\n- export: it is faster.\nThanks to all.\n1. Pricing: clear now.\nExport: it can be stopped.';

  it('makes a document of notes', async () => {
    const { content, structured, phases } = await run(drafting, notes);

    expect(content).toBe('Drafted "Release notes" from 5 notes in 2 sections');
    expect(structured).toMatchObject({
      target_document_id: null,
      title: 'Release notes',
      markdown:
        '# Release notes\n\nThanks to all.\n\n## Export\n\n- it is faster.\n- it can be stopped.\n\n## Pricing\n\n- clear now.',
    });
    expect(phases).toEqual(['outlining', 'drafting']);
  });

  it('names the document that the task is about', async () => {
    const context = { target_document_id: 'doc-1', conversation_id: 'c' };

    expect(await run(drafting, notes, { context })).toMatchObject({
      structured: { target_document_id: 'doc-1' },
    });
  });

  it('has a title for no notes at all', async () => {
    expect(await run(drafting, '!')).toMatchObject({ structured: { title: 'Untitled' } });
  });
});

it.each([
  ['synthesis', synthesis],
  ['recommendation', recommendation],
  ['drafting', drafting],
])('%s reads a text as large as a request may be', async (_, agent) => {
  const lines = 'option: 出口 export, 出口 pricing; \n'.repeat(6000);

  const { structured } = await run(agent, `${'出口 export '.repeat(5000)}\n${lines}`);

  expect(Buffer.byteLength(JSON.stringify(structured))).toBeLessThan(128 * 1024);
});

it('suggests no questions that it has no answer to', async () => {
  expect(await run(synthesis, interviews, { generateFollowups: true })).toMatchObject({
    followups: [],
    structured: { themes: [{}, {}] },
  });
});
