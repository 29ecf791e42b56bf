import { fork } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { devTokenOf, lockDataDirectory } from '../../bin/data-directory.ts';
import { aFolder } from '../builders/an-engine.ts';

const lockHolder = fileURLToPath(new URL('./lock-holder.ts', import.meta.url));

describe('the lock of a data directory', () => {
  it('is had by one, and refused to others with the way out', () => {
    const folder = aFolder();
    const unlock = lockDataDirectory(folder);

    const second = () => lockDataDirectory(folder);

    expect(second).toThrow(`Another service is working on ${folder}. Set DATA_DIR to another.`);
    unlock();
  });

  it('can be had again when it was let go of', () => {
    const folder = aFolder();
    lockDataDirectory(folder)();

    const unlock = lockDataDirectory(folder);

    unlock();
  });

  it('holds for its directory alone, and makes it where there is none', () => {
    const folder = aFolder();

    const unlocks = ['a', 'b/c'].map((name) => lockDataDirectory(join(folder, name)));

    for (const unlock of unlocks) unlock();
  });

  it('is refused while another process has it, and free when that is killed', async () => {
    const folder = aFolder();
    const holder = fork(lockHolder, [folder]);
    await once(holder, 'message');
    const attempt = () => lockDataDirectory(folder);

    expect(attempt).toThrow('Another service');
    holder.kill('SIGKILL');
    await once(holder, 'exit');

    attempt()();
  });
});

describe('the development token', () => {
  it('is made once for a data directory, which it makes too', () => {
    const folder = join(aFolder(), 'data');

    const first = devTokenOf(folder);

    expect(devTokenOf(folder)).toBe(first);
    expect(first).toMatch(/^dev-[\w-]{24}$/);
  });

  it('is another for another directory', () => {
    expect(devTokenOf(aFolder())).not.toBe(devTokenOf(aFolder()));
  });

  it.skipIf(process.platform === 'win32')('can be read by its owner only', () => {
    const folder = aFolder();

    devTokenOf(folder);

    expect(statSync(join(folder, 'dev-token')).mode & 0o777).toBe(0o600);
  });
});
