import type { RunDeps } from '#core/run/deps.ts';

const rank = { info: 0, warn: 1, error: 2 } as const;

/** One line of JSON an entry on standard error; standard output is for people. */
export const logger =
  (least: keyof typeof rank): RunDeps['log'] =>
  (level, message, fields) => {
    if (rank[level] < rank[least]) return;
    const entry = { time: new Date().toISOString(), level, message, ...fields };
    process.stderr.write(`${JSON.stringify(entry)}\n`);
  };
