// Plain JavaScript, as it is the one file that runs before a Node that strips types is known to be there.
const needsOfCommand = {
  serve: 'runtime',
  keys: 'runtime',
  tenants: 'runtime',
  drain: 'runtime',
  batch: 'runtime',
  users: 'runtime',
  demo: 'runtime',
  'new-agent': 'runtime',
  bench: 'runtime',
  conformance: 'everything',
  'event-schemas': 'runtime',
  test: 'everything',
  verify: 'everything',
  app: 'everything',
};

const [command, ...args] = process.argv.slice(2);
const bundles = command === 'bench' && args.includes('--bundles');
const needs = bundles ? 'everything' : needsOfCommand[command];

if (Number.parseInt(process.versions.node, 10) < 20) {
  console.error(`longrun: needs Node 20 or newer to start, this is ${process.versions.node}`);
  process.exitCode = 1;
} else if (!needs) {
  console.error(`usage: node bin/launch.mjs ${Object.keys(needsOfCommand).join('|')} [arguments]`);
  process.exitCode = 2;
} else {
  const { launch } = await import('./launch/launch.mjs');
  process.exitCode = await launch({ command, args, needs });
}
