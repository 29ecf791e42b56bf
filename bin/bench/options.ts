import { parseArgs } from 'node:util';

export const scenarioNames = ['accepts', 'latency', 'reads', 'memory', 'start'] as const;
export type ScenarioName = (typeof scenarioNames)[number];

export interface Options {
  readonly help: boolean;
  /** A tenth of the load. */
  readonly quick: boolean;
  /** Nothing but the line of JSON. */
  readonly json: boolean;
  /** The functions of the AWS runtime, and nothing else. */
  readonly bundles: boolean;
  readonly scenarios: ReadonlySet<ScenarioName>;
}

export const usage = `npm run bench -- [--quick] [--json] [--only SCENARIO,… | --bundles]

Measures a service of its own, with an agent that does nothing, in a temporary data directory.

  --quick   a tenth of the load
  --json    only the line of JSON that otherwise follows the table
  --only    some of: ${scenarioNames.join(', ')}
  --bundles instead: sizes of the functions as they are deployed, and how long they take to load

Ends with 1 where a request was not answered as it should have been.`;

/** @throws Error with what is wrong and the usage */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      bundles: { type: 'boolean', default: false },
      only: { type: 'string', default: scenarioNames.join(',') },
    },
  });
  const { only, ...flags } = values;
  const wanted = only.split(',');
  const unknown = wanted.filter((name) => !scenarioNames.some((known) => known === name));
  if (unknown.length > 0)
    throw new Error(`There is no scenario ${unknown.join(', ')}.\n\n${usage}`);
  return { ...flags, scenarios: new Set(scenarioNames.filter((name) => wanted.includes(name))) };
}
