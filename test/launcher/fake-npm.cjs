// Stands in for npm: notes its arguments, and after a while leaves behind what npm would.
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');

const args = process.argv.slice(2);
const { NPM_FAILS_WITH, NPM_TAKES_MILLISECONDS = '0' } = process.env;
const nodeFolder = `node_modules/node-${process.platform}-${process.arch}/bin`;

appendFileSync('npm.log', `${args.join(' ')}\n`);
setTimeout(() => {
  if (NPM_FAILS_WITH) process.exit(Number(NPM_FAILS_WITH));

  const isLeftOut = ([, { dev, optional }]) =>
    (dev && args.includes('--omit=dev')) || (optional && args.includes('--omit=optional'));
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const present = Object.fromEntries(Object.entries(packages).filter((it) => !isLeftOut(it)));

  mkdirSync(nodeFolder, { recursive: true });
  writeFileSync(`${nodeFolder}/node`, `#!/bin/sh\nexec "${process.execPath}" "$@"\n`, {
    mode: 0o755,
  });
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: present }));
}, Number(NPM_TAKES_MILLISECONDS));
