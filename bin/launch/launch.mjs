import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install } from './install.mjs';
import { isInstalled } from './installed.mjs';
import { bundledNode, machineNode, nodePackage } from './node.mjs';
import { run } from './run.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Installs what is missing, then runs `bin/<command>.ts`. Resolves to the exit code. */
export async function launch({ command, args, needs }) {
  const own = machineNode(root);
  const bundle = own ? undefined : nodePackage(root);
  if (!own && !bundle) return failForWantOfNode();

  const isDone = () => isInstalled(root, needs, bundle);
  if (!isDone()) {
    const code = await install({ root, command, needs, withNode: !own, isDone });
    if (code !== 0) return code;
  }

  const node = own ?? bundledNode(root, bundle);
  if (!node) return failForWantOfNode();

  return run(node, [join(root, 'bin', `${command}.ts`), ...args], {
    env: { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) },
  });
}

function failForWantOfNode() {
  console.error(
    `longrun: needs Node 24 or newer; this is ${process.versions.node}, and npm has no build of it ` +
      `that runs on this ${process.platform}-${process.arch} machine: install one from nodejs.org`,
  );
  return 1;
}
