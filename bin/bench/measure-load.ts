import type { LoadFigures } from './figures.ts';
import type { GeneratorProcess } from './generator-process.ts';
import { usageOf } from './process-usage.ts';
import type { Command, LoadResult } from './protocol.ts';
import { rounded } from './rounded.ts';
import type { ServiceProcess } from './service-process.ts';

export interface Measured {
  readonly result: LoadResult;
  readonly figures: LoadFigures;
}

/** Has the generator put a load on the service, and sees what either of them takes for it. */
export async function measureLoad(
  service: ServiceProcess,
  generator: GeneratorProcess,
  command: Command,
  progress: (done: number) => void,
): Promise<Measured> {
  const before = usageOf(service.pid);
  const result = await generator.run(command, progress);
  const after = usageOf(service.pid);
  const { done, seconds, errors, cpuSeconds } = result;
  const serviceCpu = before && after && (after.cpuSeconds - before.cpuSeconds) / seconds;
  const figures = {
    done,
    seconds: rounded(seconds, 3),
    perSecond: rounded(done / seconds, 1),
    errors,
    serviceCpu: serviceCpu === undefined ? null : rounded(serviceCpu, 2),
    generatorCpu: rounded(cpuSeconds / seconds, 2),
  };
  return { result, figures };
}

type Errors = LoadFigures['errors'];

/** What went wrong in either of two loads. */
export const bothErrors = (one: Errors, other: Errors): Errors =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((what) => [
      what,
      (one[what] ?? 0) + (other[what] ?? 0),
    ]),
  );

export const errorsIn = ({ errors }: Pick<LoadFigures, 'errors'>) =>
  Object.values(errors).reduce((sum, count) => sum + count, 0);
