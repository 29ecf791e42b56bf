import { expect, it } from 'vitest';
import { casesNotHeld, type RanCase } from './cases-not-held.ts';

const aCase = (project: string, name: string, state = 'passed'): RanCase => ({
  project,
  file: 'test/conformance/runs.test.ts',
  name,
  state,
});

const both = (name: string) => [aCase('conformance', name), aCase('stack', name)];

it('is content where each case has passed on both', () => {
  expect(casesNotHeld([...both('runs'), ...both('pauses')], [])).toEqual([]);
});

it.each(['skipped', 'failed', 'pending'])('names a case that is %s on the stacks', (state) => {
  const cases = [...both('runs'), aCase('conformance', 'pauses'), aCase('stack', 'pauses', state)];

  const problems = casesNotHeld(cases, []);

  expect(problems).toEqual(['test/conformance/runs.test.ts > pauses: has not passed']);
});

it('names a case that is not there on the stacks', () => {
  const problems = casesNotHeld([...both('runs'), aCase('conformance', 'pauses')], []);

  expect(problems).toEqual(['test/conformance/runs.test.ts > pauses: has not passed']);
});

it('tells cases of one name in two files apart', () => {
  const elsewhere = { ...aCase('stack', 'runs'), file: 'test/conformance/other.test.ts' };

  const problems = casesNotHeld([aCase('conformance', 'runs'), elsewhere], []);

  expect(problems).toHaveLength(1);
});

it('lets a case be left out by its name', () => {
  const cases = [...both('runs'), aCase('conformance', 'streams white space')];

  expect(casesNotHeld(cases, ['white space'])).toEqual([]);
});

it('does not let one name leave out several cases', () => {
  const cases = [aCase('conformance', 'runs'), aCase('conformance', 'runs again')];

  expect(casesNotHeld(cases, ['runs'])).toEqual(['"runs": leaves out more than one case']);
});

it('asks the stacks for nothing that has not passed on one machine', () => {
  const cases = [aCase('conformance', 'pauses', 'skipped'), aCase('unit', 'adds')];

  expect(casesNotHeld(cases, [])).toEqual([]);
});
