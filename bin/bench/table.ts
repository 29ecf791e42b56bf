import type { Figures, LoadFigures } from './figures.ts';
import { connections } from './loads.ts';
import { errorsIn } from './measure-load.ts';

type Row = readonly [what: string, figure: string, aim?: string];

interface Section {
  readonly title: string;
  /** What the rows are the figures of. */
  readonly load?: LoadFigures;
  readonly rows: readonly Row[];
}

/** The figures for a person. Those of a load with errors carry a mark, explained below. */
export function tableOf(figures: Figures): string {
  const sections = [
    acceptsOf(figures),
    latencyOf(figures),
    readsOf(figures),
    memoryOf(figures),
    startOf(figures),
  ].flatMap((section) => section ?? []);
  const lines = sections.flatMap((section) => [
    section.title,
    ...section.rows.map(lineOf(section)),
    '',
  ]);
  const { date, node, platform, cores, cpu, quick } = figures;
  return [
    `Longrun bench${quick ? ', quick: a tenth of the load' : ''}, ${date.slice(0, 10)}`,
    `Node ${node}, ${platform}, ${cores} cores of ${cpu.trim()}`,
    '',
    line('', '', 'aim', 'CPU service', 'generator'),
    ...lines,
    'CPU: 100 % is one core. The service and the generator are processes of their own.',
    ...(figures.errors > 0 ? [errorsLine(figures)] : []),
  ].join('\n');
}

const acceptsOf = ({ accepts }: Figures): Section | undefined =>
  accepts && {
    load: accepts,
    title: `Accepts: ${connections} connections post ${count(accepts.done)} background runs`,
    rows: [
      ['accepted, while runs are dispatched', perSecond(accepts), '≥ 5,000 /s'],
      ['until all of them are completed', `${accepts.completedAfterSeconds.toFixed(1)} s`],
    ],
  };

const latencyOf = ({ latency }: Figures): Section | undefined =>
  latency && {
    load: latency,
    title: `Latency: ${connections} clients submit ${count(latency.done)} runs and follow each to its end`,
    rows: [
      ['submit to end, median', ms(latency.p50Ms), '≤ 5 ms'],
      ['submit to end, 99th percentile', ms(latency.p99Ms)],
      ['runs', perSecond(latency), '≥ 1,500 /s'],
      ['submit to end, median, one client alone', ms(latency.aloneP50Ms)],
    ],
  };

const readsOf = ({ reads }: Figures): Section | undefined =>
  reads && {
    load: reads,
    title: `Reads: ${connections} connections ask ${count(reads.done)} times for the status of finished runs`,
    rows: [['answered', perSecond(reads), '≥ 8,000 /s']],
  };

const memoryOf = ({ memory }: Figures): Section | undefined =>
  memory && {
    title: 'Memory of the service (resident)',
    rows: [
      ['idle', mib(memory.idleMiB)],
      [`after ${count(memory.afterRuns)} runs`, mib(memory.afterMiB)],
    ],
  };

const startOf = ({ start, quick }: Figures): Section | undefined =>
  start && {
    title: `Start: from the start of the process to the first answer of /health, ${quick ? 'once' : 'median of 3'}`,
    rows: [
      ['on an empty data directory', `${start.emptyMs} ms`],
      [`on one with ${count(start.fullRuns)} runs`, `${start.fullMs} ms`],
    ],
  };

const lineOf =
  ({ load }: Section) =>
  ([what, figure, aim = '']: Row, index: number) =>
    line(
      `  ${what}`,
      load && errorsIn(load) > 0 ? `! ${figure}` : figure,
      aim,
      index === 0 ? percent(load?.serviceCpu) : '',
      index === 0 ? percent(load?.generatorCpu) : '',
    );

const line = (what: string, figure: string, aim: string, service: string, generator: string) =>
  [
    what.padEnd(40),
    figure.padStart(14),
    aim.padStart(12),
    service.padStart(13),
    generator.padStart(11),
  ]
    .join('')
    .trimEnd();

const count = (value: number) => value.toLocaleString('en');
const perSecond = (load: LoadFigures) => `${count(Math.round(load.perSecond))} /s`;
const ms = (value: number | null) => (value === null ? '–' : `${value.toFixed(1)} ms`);
const mib = (value: number | null) => (value === null ? '–' : `${Math.round(value)} MiB`);
const percent = (part: number | null | undefined) =>
  typeof part === 'number' ? `${Math.round(part * 100)} %` : '';

function errorsLine({ accepts, latency, reads, errors }: Figures): string {
  const kinds = [accepts, latency, reads].flatMap((load) => Object.entries(load?.errors ?? {}));
  const list = kinds.map(([what, times]) => `${count(times)} × ${what}`).join(', ');
  return `! ${count(errors)} errors${list && `: ${list}`}`;
}
