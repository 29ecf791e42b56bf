import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as z from 'zod';

export interface ProcessUsage {
  readonly cpuSeconds: number;
  /** Resident set. */
  readonly rssMiB: number;
}

/** The kernel's unit for /proc/<pid>/stat, whatever its own clock. */
const ticksPerSecond = 100;

/** What a process has used since its start; `undefined` where the system does not say. */
export function usageOf(pid: number): ProcessUsage | undefined {
  try {
    return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

function fromProc(pid: number): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold anything; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = z.coerce.number().parse(fields[11]) + z.coerce.number().parse(fields[12]);
  const rss = /VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuSeconds: ticks / ticksPerSecond, rssMiB: z.coerce.number().parse(rss) / 1024 };
}

function fromPs(pid: number): ProcessUsage {
  const text = execFileSync('ps', ['-o', 'rss=,time=', '-p', String(pid)], { encoding: 'utf8' });
  const [rss, time = ''] = text.trim().split(/\s+/);
  // [[dd-]hh:]mm:ss, with hundredths on macOS.
  const [seconds = 0, minutes = 0, hours = 0, days = 0] = time.split(/[:-]/).reverse().map(Number);
  return {
    cpuSeconds: ((days * 24 + hours) * 60 + minutes) * 60 + seconds,
    rssMiB: z.coerce.number().parse(rss) / 1024,
  };
}
