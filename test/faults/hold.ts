import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { Ledger } from './ledger.ts';
import type { Service } from './service.ts';

/** A file that keeps tools at work for as long as it is there. */
export class Hold {
  readonly file: string;

  constructor({ dataDir }: Service, name = 'hold') {
    this.file = join(dataDir, name);
    writeFileSync(this.file, '');
  }

  release(): void {
    rmSync(this.file);
  }
}

/** Resolves when a tool has been called so often for the plan of this label. */
export async function untilAttempted(
  { dataDir }: Service,
  label: string,
  times = 1,
): Promise<void> {
  const ledger = new Ledger(dataDir);
  await eventually(`${label} is attempted ${times} times`, async () =>
    ledger.attempts(label).length >= times ? true : undefined,
  );
}
