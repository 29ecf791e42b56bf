// A mirror of the registry may not carry the packages of other platforms. npm then leaves them out of
// package-lock.json, and `npm ci` refuses such a file, with that mirror and with any other registry.
// This adds them, after each change of dependencies: node .ci/complete-lock.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs';

const systems = /\b(android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)\b/;
const processors = /\b(arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|wasm32|x64)\b/;
const libraries = { gnu: 'glibc', musl: 'musl' };

const lockFile = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(lockFile, 'utf8'));
const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
  Object.entries(entry.optionalDependencies ?? {})
    .filter(([name]) => !resolve(path, name))
    .map(([name, version]) => ({ name, version, dev: entry.dev })),
);

if (process.argv.includes('--check')) {
  for (const { name } of missing) console.error(`package-lock.json lacks ${name}`);
  process.exitCode = missing.length > 0 ? 1 : 0;
} else {
  for (const { name, version, dev } of missing) {
    lock.packages[`node_modules/${name}`] = toEntry(name, version, dev);
  }
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
  );
  writeFileSync(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${missing.length} packages to package-lock.json`);
}

/** The path at which Node finds `name` from the package at `path`. */
function resolve(path, name) {
  const candidate = `${path && `${path}/`}node_modules/${name}`;
  if (lock.packages[candidate]) return candidate;
  return path && resolve(path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))), name);
}

function toEntry(name, version, dev) {
  const os = systems.exec(name)?.[1];
  const cpu = processors.exec(name)?.[1];
  const libc = libraries[/-(gnu|musl)(eabihf)?$/.exec(name)?.[1]];
  if (!cpu || !/^\d+\.\d+\.\d+[-.\w]*$/.test(version)) {
    throw new Error(`cannot tell what ${name}@${version} is for: add it by hand`);
  }
  return {
    version,
    cpu: [cpu],
    ...(dev && { dev }),
    ...(libc && { libc: [libc] }),
    optional: true,
    ...(os && { os: [os] }),
  };
}
