import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Figures } from './figures.ts';
import { GeneratorProcess } from './generator-process.ts';
import { type LoadName, loadOf, startsOf } from './loads.ts';
import { bothErrors, errorsIn, type Measured, measureLoad } from './measure-load.ts';
import type { Options } from './options.ts';
import { usageOf } from './process-usage.ts';
import type { Progress } from './progress.ts';
import { rounded } from './rounded.ts';
import { ServiceProcess } from './service-process.ts';
import { measureStart } from './start-time.ts';

const root = join(import.meta.dirname, '../..');
const token = 'dev-token-of-the-bench';
/** For a service that was just busy to come to rest. */
const restMs = 1000;

/** @param cleanup ends what was started, and may be called early */
export async function runBench(
  options: Options,
  progress: Progress,
  cleanup: AsyncDisposableStack,
): Promise<Figures> {
  const folder = await temporaryFolder(cleanup);
  const environment = {
    LONGRUN_AGENTS: dirname(fileURLToPath(import.meta.resolve('./agents/noop-agent.ts'))),
    LONGRUN_DEV_TOKEN: token,
    LONGRUN_LOG_LEVEL: 'error',
  };
  progress.stage('starting a service');
  const service = await ServiceProcess.start({ ...environment, DATA_DIR: join(folder, 'full') });
  cleanup.defer(() => service.stop());
  const bench = new Bench(options, progress, service);
  cleanup.defer(() => bench.stop());
  await bench.loads();
  if (!options.scenarios.has('start')) return bench.figures;
  await service.stop();
  progress.stage('starting services again');
  const times = await measureStart(environment, folder, startsOf(options.quick));
  return { ...bench.figures, start: { ...times, fullRuns: bench.runs } };
}

/** On the disk of the repository: the system's folder for temporary files may be in memory. */
async function temporaryFolder(cleanup: AsyncDisposableStack): Promise<string> {
  await mkdir(join(root, '.data'), { recursive: true });
  const folder = await mkdtemp(join(root, `.data/bench-${process.pid}-`));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

class Bench {
  readonly figures: Figures;
  readonly #options: Options;
  readonly #progress: Progress;
  readonly #service: ServiceProcess;
  readonly #generator: GeneratorProcess;
  /** Runs in the data directory so far. */
  runs = 0;

  constructor(options: Options, progress: Progress, service: ServiceProcess) {
    this.#options = options;
    this.#progress = progress;
    this.#service = service;
    this.#generator = new GeneratorProcess(service.port, token);
    this.figures = {
      date: new Date().toISOString(),
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      cpu: cpus()[0]?.model ?? '',
      cores: availableParallelism(),
      quick: options.quick,
      errors: 0,
    };
  }

  async loads(): Promise<void> {
    const { scenarios } = this.#options;
    const idleMiB = await this.#rssAtRest();
    await this.#load('warmUp', 'warming up');
    if (scenarios.has('accepts') || scenarios.has('memory')) await this.#accepts(idleMiB);
    if (scenarios.has('latency')) await this.#latency();
    if (scenarios.has('reads'))
      this.figures.reads = (
        await this.#load('reads', 'reading the status of finished runs')
      ).figures;
  }

  stop(): void {
    this.#generator.stop();
  }

  async #accepts(idleMiB: number | null): Promise<void> {
    const { scenarios } = this.#options;
    const { figures } = await this.#load('accepts', 'posting runs');
    const drained = await this.#load('drain', 'waiting until they are completed');
    const completedAfterSeconds = drained.figures.seconds;
    const errors = bothErrors(figures.errors, drained.figures.errors);
    if (scenarios.has('accepts'))
      this.figures.accepts = { ...figures, errors, completedAfterSeconds };
    if (scenarios.has('memory'))
      this.figures.memory = { idleMiB, afterRuns: this.runs, afterMiB: await this.#rssAtRest() };
  }

  async #latency(): Promise<void> {
    const { result, figures } = await this.#load('latency', 'running runs to their end');
    const alone = await this.#load('alone', 'running one run at a time');
    this.figures.latency = {
      ...figures,
      errors: bothErrors(figures.errors, alone.figures.errors),
      p50Ms: inMs(result.p50Ms),
      p99Ms: inMs(result.p99Ms),
      aloneP50Ms: inMs(alone.result.p50Ms),
    };
  }

  async #load(name: LoadName, what: string): Promise<Measured> {
    const command = loadOf(name, this.#options.quick);
    this.#progress.stage(what);
    const measured = await measureLoad(this.#service, this.#generator, command, (done) =>
      this.#progress.count(done),
    );
    this.figures.errors += errorsIn(measured.figures);
    if (name !== 'reads' && name !== 'drain') this.runs += measured.figures.done;
    return measured;
  }

  async #rssAtRest(): Promise<number | null> {
    await sleep(restMs);
    const usage = usageOf(this.#service.pid);
    return usage === undefined ? null : rounded(usage.rssMiB, 1);
  }
}

const inMs = (ms: number | null): number | null => (ms === null ? null : rounded(ms, 2));
