export interface Summary {
  readonly passed: number;
  /** Names of cases, and of files that could not be run to their end. */
  readonly failed: readonly string[];
  readonly skipped: readonly { readonly name: string; readonly why: string }[];
  /** What was to be skipped and is in no name. */
  readonly unknown: readonly string[];
}

/** A suite that checked nothing, or left out something else than was meant, has not passed. */
export const hasPassed = ({ passed, failed, unknown }: Summary): boolean =>
  passed > 0 && failed.length === 0 && unknown.length === 0;

export const describeSummary = (url: string, summary: Summary, seconds: number): string[] => [
  ...summary.skipped.map(({ name, why }) => `skipped: ${name} (${why})`),
  ...summary.failed.map((name) => `FAILED: ${name}`),
  ...summary.unknown.map((name) => `FAILED: --skip ${name} is in the name of no case`),
  `${url}: ${summary.passed} passed, ${summary.failed.length} failed, ` +
    `${summary.skipped.length} skipped in ${seconds.toFixed(1)} s`,
];
