import type { BundleFigures } from './measure-bundles.ts';

/** The figures for a person. */
export const bundleTableOf = (figures: readonly BundleFigures[]): string =>
  [
    'Functions as they are deployed, minified',
    '',
    line('', 'at the start', 'in all', 'import'),
    ...figures.map(({ name, startBytes, bytes, importMs }) =>
      line(`  ${name}`, kilobytes(startBytes), kilobytes(bytes), `${importMs.toFixed(1)} ms`),
    ),
    '',
    'Import: median in a fresh process on this machine; the rest is loaded when it is needed.',
  ].join('\n');

const line = (name: string, start: string, all: string, time: string) =>
  [name.padEnd(20), start.padStart(14), all.padStart(12), time.padStart(12)].join('').trimEnd();

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} KB`;
