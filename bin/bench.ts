import { bundleTableOf } from './bench/bundle-table.ts';
import { describeError } from './bench/describe-error.ts';
import { type Options, readOptions, usage } from './bench/options.ts';
import { progressOn } from './bench/progress.ts';
import { runBench } from './bench/run-bench.ts';
import { tableOf } from './bench/table.ts';
import { withCleanup } from './bench/with-cleanup.ts';

async function bench(options: Options): Promise<number> {
  const progress = progressOn(process.stderr);
  const figures = await withCleanup((cleanup) => runBench(options, progress, cleanup));
  progress.end();
  if (!options.json) console.log(`\n${tableOf(figures)}\n`);
  console.log(JSON.stringify(figures));
  return figures.errors > 0 ? 1 : 0;
}

async function benchBundles({ json }: Options): Promise<number> {
  // Bundling takes packages that the rest of the bench does without.
  const { measureBundles } = await import('./bench/measure-bundles.ts');
  const figures = await withCleanup((cleanup) => measureBundles('./agents', cleanup));
  if (!json) console.log(`\n${bundleTableOf(figures)}\n`);
  console.log(JSON.stringify(figures));
  return 0;
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else process.exitCode = await (options.bundles ? benchBundles(options) : bench(options));
} catch (error) {
  console.error(describeError(error));
  process.exitCode = 1;
}
