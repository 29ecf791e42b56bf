import { join } from 'node:path';
import { startVitest, type TestCase, type TestModule } from 'vitest/node';
import { skippedBy } from '../../test/conformance/target.ts';
import type { Summary } from './summary.ts';

/** Runs every case, shows each as it ends, and sums them up. */
export async function runSuite(skip: readonly string[]): Promise<Summary> {
  const vitest = await startVitest([], {
    root: join(import.meta.dirname, '../..'),
    project: ['conformance'],
    run: true,
    watch: false,
    reporters: ['verbose'],
  });
  const modules = vitest.state.getTestModules();
  const unhandled = vitest.state.getUnhandledErrors();
  await vitest.close();

  const cases = modules.flatMap((module) => [...module.children.allTests()]);
  const ofState = (state: string) => cases.filter((one) => one.result().state === state);
  const skipped = ofState('skipped').map((one) => ({ name: one.fullName, why: noteOf(one) }));
  return {
    passed: ofState('passed').length,
    failed: [
      ...ofState('failed').map(({ fullName }) => fullName),
      ...skipped.filter(({ why }) => why === '').map(({ name }) => `${name} (not even begun)`),
      ...modules.filter(isBroken).map(({ moduleId }) => moduleId),
      ...unhandled.map((error) => `outside of the cases: ${error}`),
    ],
    skipped: skipped.filter(({ why }) => why !== ''),
    unknown: skip.filter((name) => !cases.some(({ fullName }) => skippedBy([name], fullName))),
  };
}

/** Such as by an error while it is loaded, or after its last case. */
const isBroken = (module: TestModule) =>
  module.errors().length > 0 || [...module.children.allSuites()].some((it) => it.errors().length);

/** A case that is skipped on purpose says why; one whose file or group broke says nothing. */
function noteOf(one: TestCase): string {
  const result = one.result();
  return (result.state === 'skipped' && result.note) || '';
}
