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

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(usage);
  else process.exitCode = await bench(options);
} catch (error) {
  console.error(describeError(error));
  process.exitCode = 1;
}
