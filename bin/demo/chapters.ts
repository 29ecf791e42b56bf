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

const deletion = 'Delete the table invoices and email anna@example.com that it is gone.';
const email = 'Send an email to anna@example.com about the invoices: they are archived.';

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
