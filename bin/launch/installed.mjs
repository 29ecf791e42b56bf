import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an install brings, by path. */
export const lockedPackages = (root) => packagesIn(join(root, 'package-lock.json'));

/**
 * Whether node_modules holds what the lock file asks for. npm writes its own record last, so an
 * install that broke off does not count, and one made by hand does.
 */
export function isInstalled(root, needs, nodePackage) {
  const present = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  const isPresent = ([path, { version }]) => present[path]?.version === version;
  const wanted = Object.entries(lockedPackages(root)).filter(
    ([path, entry]) => path === `node_modules/${nodePackage}` || isNeeded(path, entry, needs),
  );
  return wanted.every(isPresent);
}

// Which optional packages are there depends on the platform.
function isNeeded(path, entry, needs) {
  if (path === '' || entry.optional || entry.devOptional) return false;
  return needs === 'everything' || !entry.dev;
}

function packagesIn(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages ?? {};
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}
