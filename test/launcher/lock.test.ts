import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';

const repository = join(import.meta.dirname, '../..');
const Versions = z.record(z.string(), z.string()).default({});
const Manifest = z.object({
  dependencies: Versions,
  devDependencies: Versions,
  optionalDependencies: Versions,
});

describe('what npm installs', () => {
  it('is locked for every platform', () => {
    const checked = spawnSync(process.execPath, ['.ci/complete-lock.mjs', '--check'], {
      cwd: repository,
      encoding: 'utf8',
    });

    expect(checked).toMatchObject({ status: 0, stderr: '' });
  });

  it('comes from whatever registry npm is set to', () => {
    const lock = readFileSync(join(repository, 'package-lock.json'), 'utf8');

    expect(lock).not.toMatch(/"resolved"/);
  });

  it('is named by exact versions', () => {
    const manifest = Manifest.parse(
      JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')),
    );

    const versions = Object.values(manifest).flatMap((dependencies) => Object.values(dependencies));

    // A second version of one package has a name of its own here.
    const exact = /^(?:npm:(?:@[\w-]+\/)?[\w-]+@)?\d+\.\d+\.\d+$/;
    expect(versions.filter((version) => !exact.test(version))).toEqual([]);
  });
});
