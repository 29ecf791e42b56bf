import { type Play, type PlayedRun, playRun } from './play-run.ts';

/** @returns what was not as it should be */
export async function askAboutStocks(play: Play): Promise<string[]> {
  play.screen.heading('1  A question about real data');
  const run = await playRun(play, 'finance_agent', 'What was the highest price of AAPL in 2009?');
  return problemsOf(run, [
    [run.toolsDone.length > 0, 'no tool was called'],
    [run.answer.includes('AAPL'), 'the answer is not about AAPL'],
  ]);
}

const email = 'Send an email to anna@example.com about the invoices: they are archived.';

const deletion = 'Delete the table invoices and email anna@example.com that it is gone.';

/** What shows an agent at work; those that it does not know are asked what they can do. */
const messages: Readonly<Record<string, string>> = {
  chat: 'What is a durable workflow? Answer in one sentence.',
  drafting: 'Release notes\nExport: it is faster.\nExport: it can be stopped.\nThanks to all.',
  finance_agent: 'What was the highest price of AAPL in 2009?',
  ops_agent: deletion,
  recommendation: 'Postgres: fast, well known, hard to scale\nSQLite: simple, fast',
  slow_agent: 'Work for 5 seconds.',
  synthesis: 'The export is slow. Exports fail at night. Pricing is unclear. Nobody finds pricing.',
  text_team: 'A run is taken step by step. Every step is stored, so that nothing is done twice.',
};

/**
 * @returns what was not as it should be
 * @throws Error where the service has no such agent
 */
export async function runAnAgent(
  play: Play,
  agentId: string,
  message = messages[agentId] ?? 'Hello! What can you do?',
): Promise<string[]> {
  const there = await play.client.agentIds();
  if (!there.includes(agentId))
    throw new Error(`There is no agent ${agentId} here, but ${there.join(', ')}.`);
  play.screen.heading(`A run of ${agentId}`);
  return problemsOf(await playRun(play, agentId, message), []);
}

/** @returns what was not as it should be */
export async function approveAnAction(play: Play): Promise<string[]> {
  play.screen.heading('2  A run that waits for an approval');
  const first = await playRun(play, 'ops_agent', deletion);
  if (isDecided(first)) return problemsOfDecided(first);
  play.screen.heading(
    '   The table is gone since an earlier demo. An email has to be approved too.',
  );
  return problemsOfDecided(await playRun(play, 'ops_agent', email));
}

const isDecided = ({ approved, rejected }: PlayedRun) => approved.length + rejected.length > 0;

const problemsOfDecided = (run: PlayedRun) =>
  problemsOf(run, [
    [isDecided(run), 'nobody was asked'],
    [run.approved.every((tool) => run.toolsDone.includes(tool)), 'an approved call was not made'],
    [!run.rejected.some((tool) => run.toolsDone.includes(tool)), 'a rejected call was made'],
  ]);

type Expectation = readonly [holds: boolean, otherwise: string];

const problemsOf = (run: PlayedRun, expectations: readonly Expectation[]) =>
  [
    [run.status === 'COMPLETED', `the run is ${run.status}`] as const,
    [run.answer !== '', 'there is no answer'] as const,
    ...expectations,
  ].flatMap(([holds, otherwise]) => (holds ? [] : [otherwise]));
