import { setTimeout as sleep } from 'node:timers/promises';
import type { ToolContext } from 'longrun/agent';
import * as z from 'zod';

export const maxSeconds = 600;

export const WorkInput = z.object({
  seconds: z
    .number()
    .min(1, 'Work for 1 second at least.')
    .max(maxSeconds, `Work for ${maxSeconds} seconds at most.`),
});

export const WorkDone = z.object({ seconds: z.number(), steps: z.int() });

const maxSteps = 40;

/** Does nothing for so long, in steps that it reports. @throws the signal's reason when it aborts */
export async function work(
  { seconds }: z.output<typeof WorkInput>,
  { signal, progress }: Pick<ToolContext, 'signal' | 'progress'>,
): Promise<z.output<typeof WorkDone>> {
  const steps = Math.min(maxSteps, Math.ceil(seconds));
  const begun = performance.now();
  for (let step = 1; step <= steps; step++) {
    // Each step waits for its own time, so that late timers do not add up.
    const due = begun + (step * seconds * 1000) / steps;
    await sleep(Math.max(0, due - performance.now()), undefined, { signal });
    progress({
      phase: 'working',
      percentage: Math.round((100 * step) / steps),
      message: `${Math.round((seconds * step) / steps)} of ${seconds} s`,
    });
  }
  return { seconds, steps };
}
