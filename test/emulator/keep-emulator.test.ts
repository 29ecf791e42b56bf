import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';

/** Writes its process id, and takes no notice of being asked to end. */
const stubborn = `
  require('node:fs').writeFileSync('pid', String(process.pid));
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 1000);`;

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it('leaves nothing of the emulator behind when whoever started it is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'longrun-keeper-'));
  const file = join(import.meta.dirname, 'keep-emulator.ts');
  const keeper = spawn(process.execPath, [file, process.execPath, '-e', stubborn], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  onTestFinished(() => void keeper.kill('SIGKILL'));
  const pid = await vi.waitFor(() => Number(readFileSync(join(folder, 'pid'), 'utf8')), 5000);
  expect(isAlive(pid)).toBe(true);

  keeper.stdin.end();
  await once(keeper, 'exit');

  expect(isAlive(pid)).toBe(false);
  expect(existsSync(folder)).toBe(false);
});
