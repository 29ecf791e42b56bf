import { join } from 'node:path';
import { rounded } from './rounded.ts';
import { type ServiceEnvironment, ServiceProcess } from './service-process.ts';

/** Median of how long a service takes to its first answer; `dataDirs` gives each start's directory. */
async function medianStart(
  environment: ServiceEnvironment,
  dataDirs: readonly string[],
): Promise<number> {
  const times: number[] = [];
  for (const dataDir of dataDirs) {
    const service = await ServiceProcess.start({ ...environment, DATA_DIR: dataDir });
    times.push(service.startMs);
    await service.stop();
  }
  return rounded(times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0, 0);
}

/**
 * @param folder holds `full`, the data directory of a service that was stopped
 * @param samples starts on each directory
 */
export async function measureStart(
  environment: ServiceEnvironment,
  folder: string,
  samples: number,
) {
  const empty = Array.from({ length: samples }, (_, i) => join(folder, `empty-${i}`));
  const full = Array.from({ length: samples }, () => join(folder, 'full'));
  return {
    emptyMs: await medianStart(environment, empty),
    fullMs: await medianStart(environment, full),
  };
}
