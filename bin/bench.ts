import { readOptions, usage } from './bench/options.ts';
import { progressOn } from './bench/progress.ts';
import { runBench } from './bench/run-bench.ts';
import { tableOf } from './bench/table.ts';

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

async function bench(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    console.log(usage);
    return 0;
  }
  await using cleanup = new AsyncDisposableStack();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, async () => {
      await cleanup.disposeAsync();
      process.exit(exitCodes[signal]);
    });
  const progress = progressOn(process.stderr);
  const figures = await runBench(options, progress, cleanup);
  progress.end();
  if (!options.json) console.log(`\n${tableOf(figures)}\n`);
  console.log(JSON.stringify(figures));
  return figures.errors > 0 ? 1 : 0;
}

try {
  process.exitCode = await bench(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
