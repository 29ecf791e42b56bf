import type { Reporter, TestCase } from 'vitest/node';
import { skippedCases } from '../emulator/stack/skipped-cases.ts';
import { casesNotHeld, type RanCase } from './cases-not-held.ts';

/** Of vitest, what the guard looks at. */
export interface TestRun {
  readonly projects: readonly { readonly name: string }[];
  readonly config: { readonly shard?: unknown };
  readonly logger: { error(message: string): void };
}
export interface RanModule {
  readonly project: { readonly name: string };
  readonly relativeModuleId: string;
  readonly children: { allTests(): Iterable<Pick<TestCase, 'fullName' | 'result'>> };
}

const compared = ['conformance', 'stack'];

/**
 * Fails a run of all tests in which fewer cases of the conformance suite passed on the deployed
 * stacks than on one machine: a project that runs too little looks as green as one that runs all.
 */
export class StackGuard implements Reporter {
  readonly #skip: readonly string[];
  #run: TestRun | undefined;

  constructor(skip = skippedCases) {
    this.#skip = skip;
  }

  onInit(run: TestRun): void {
    this.#run = run;
  }

  onTestRunEnd(modules: readonly RanModule[], _errors: readonly unknown[], reason: string): void {
    if (!this.#run || reason === 'interrupted' || !isWhole(this.#run)) return;
    const problems = casesNotHeld(modules.flatMap(casesOf), this.#skip);
    if (problems.length === 0) return;
    const said = 'Not all of the conformance suite was held against the stacks:';
    this.#run.logger.error([said, ...problems].join('\n  '));
    process.exitCode = 1;
  }
}

/** A filter by file or name leaves out the same of both projects; one by project or share does not. */
const isWhole = ({ projects, config }: TestRun) =>
  config.shard === undefined &&
  compared.every((name) => projects.some((project) => project.name === name));

const casesOf = (module: RanModule): RanCase[] =>
  [...module.children.allTests()].map((one) => ({
    project: module.project.name,
    file: module.relativeModuleId,
    name: one.fullName,
    state: one.result().state,
  }));
