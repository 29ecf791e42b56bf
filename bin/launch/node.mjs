import { spawnSync } from 'node:child_process';
import { join, sep } from 'node:path';
import { lockedPackages } from './installed.mjs';

const oldestMajor = 24;
const majorOf = (version) => Number.parseInt(version.replace(/^v/, ''), 10);

/** The Node that runs this, unless it is too old or is itself one that an install may replace. */
export function machineNode(root) {
  const isBundled = process.execPath.startsWith(join(root, 'node_modules') + sep);
  return !isBundled && majorOf(process.versions.node) >= oldestMajor ? process.execPath : undefined;
}

/** The optional dependency that brings Node for this platform, if there is one. */
export function nodePackage(root) {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const names = ['node', 'node-bin'].map((prefix) => `${prefix}-${platform}-${process.arch}`);
  const locked = lockedPackages(root);
  return names.find((name) => locked[`node_modules/${name}`]);
}

/** The Node that an install brought. Runs it once: a build for another C library starts on no machine but its own. */
export function bundledNode(root, name) {
  const file = join(
    root,
    'node_modules',
    name,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  const { stdout } = spawnSync(file, ['--version'], { encoding: 'utf8' });
  return majorOf(stdout ?? '') >= oldestMajor ? file : undefined;
}
