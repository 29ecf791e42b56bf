import { skippedBy } from '../conformance/target.ts';

/** A case as a run of the tests left it. */
export interface RanCase {
  readonly project: string;
  /** Of the root, with slashes. */
  readonly file: string;
  readonly name: string;
  readonly state: string;
}

/**
 * What the conformance suite holds against the service on one machine, but not against the stacks.
 * @param skip cases that are left out there on purpose, by a part of their names
 * @returns a line for each case, and for each part of a name that does not name exactly one of them
 */
export function casesNotHeld(cases: readonly RanCase[], skip: readonly string[]): string[] {
  const passedIn = (project: string) =>
    cases.filter((one) => one.project === project && one.state === 'passed');
  const onStack = new Set(passedIn('stack').map(idOf));
  const missing = passedIn('conformance').filter((one) => !onStack.has(idOf(one)));
  const unexplained = missing.filter(({ name }) => !skippedBy(skip, name));
  const tooMuch = skip.filter(
    (part) => missing.filter(({ name }) => skippedBy([part], name)).length > 1,
  );
  return [
    ...unexplained.map((one) => `${idOf(one)}: has not passed`),
    ...tooMuch.map((part) => `"${part}": leaves out more than one case`),
  ];
}

const idOf = ({ file, name }: RanCase) => `${file} > ${name}`;
