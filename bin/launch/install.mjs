import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './run.mjs';

/** Installs with npm, unless another launcher is at it and does it first. Resolves to npm's exit code. */
export async function install({ root, command, needs, withNode, isDone }) {
  const release = await takeTurn(join(root, '.installing'));
  try {
    if (isDone()) return 0;

    const args = npmArguments(root, needs, withNode);
    console.error(`longrun: installing what "${command}" needs (npm ${args.join(' ')})`);
    const code = await run('npm', [...args, '--loglevel=error'], {
      cwd: root,
      env: { ...process.env, PATH: pathWithout(join(root, 'node_modules', '.bin')) },
      shell: process.platform === 'win32',
    });
    if (code !== 0)
      console.error(`longrun: npm failed with exit code ${code}, so "${command}" was not started`);
    return code;
  } finally {
    release();
  }
}

// npm ci empties node_modules first. Where there is something in it, a running service may be using
// it (and npm be running on the Node in it), so only what is missing or out of date is replaced.
function npmArguments(root, needs, withNode) {
  const isFresh = !existsSync(join(root, 'node_modules', '.package-lock.json'));
  const verb = isFresh ? ['ci'] : ['install', '--no-save'];
  if (needs === 'everything') return [...verb, '--include=dev', '--include=optional'];
  return [...verb, '--omit=dev', withNode ? '--include=optional' : '--omit=optional'];
}

// npm must not run on a Node that it is about to replace.
const pathWithout = (folder) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => entry !== folder)
    .join(delimiter);

async function takeTurn(lockFile) {
  let isWaiting = false;
  while (!tryLock(lockFile)) {
    if (!isWaiting) console.error('longrun: waiting for another install in this folder to end');
    isWaiting = true;
    await sleep(200);
  }
  return () => rmSync(lockFile, { force: true });
}

function tryLock(lockFile) {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isAlive(lockFile)) rmSync(lockFile, { force: true });
    return false;
  }
}

function isAlive(lockFile) {
  try {
    return process.kill(Number(readFileSync(lockFile, 'utf8')), 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
