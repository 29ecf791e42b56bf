import type { BatchView } from './batch-client.ts';

const barWidth = 30;

/** On standard error: a bar where that is a terminal, and everywhere what keeps the batch waiting. */
export class BatchProgress {
  readonly #decideAt: string;
  readonly #isTerminal = process.stderr.isTTY;
  #told = 0;

  /** @param decideAt where a person decides on what waits */
  constructor(decideAt: string) {
    this.#decideAt = decideAt;
  }

  show(batch: BatchView): void {
    this.#showWaiting(batch.counts.PAUSED);
    if (!this.#isTerminal) return;
    process.stderr.write(`\r\u001B[K${barOf(batch)}`);
    if (batch.endedAt !== null) console.error();
  }

  /** Once for each number that it comes to: the batch is asked about every second. */
  #showWaiting(waiting: number): void {
    if (waiting === this.#told) return;
    this.#told = waiting;
    if (waiting === 0) return;
    if (this.#isTerminal) process.stderr.write('\r\u001B[K');
    const wait = waiting === 1 ? '1 waits' : `${waiting} wait`;
    console.error(`${wait} for a decision: ${this.#decideAt}`);
  }
}

function barOf({ percentage, lines, estimatedEndAt }: BatchView): string {
  const filled = Math.round((percentage / 100) * barWidth);
  const bar = '█'.repeat(filled).padEnd(barWidth, '·');
  const until = estimatedEndAt ? `  until about ${estimatedEndAt.slice(11, 19)} UTC` : '';
  return `${bar} ${percentage} % of ${lines ?? '…'} lines${until}`;
}
