import * as z from 'zod';

/** What each tool of the performer is asked for. */
export const Work = z.object({
  label: z.string(),
  item: z.number(),
  /** How long it takes, half of it before its effect and half after. */
  ms: z.number(),
  /** The tool goes on, or lets its process live, only when there is no such file any more. */
  holdFile: z.string().optional(),
});
export type Work = z.infer<typeof Work>;

/**
 * `record` is idempotent; `post` is not; `pay` is not and needs an approval; `crash` is, and kills
 * its process.
 */
const Call = z.object({ tool: z.enum(['record', 'post', 'pay', 'crash']), work: Work });
type Call = z.infer<typeof Call>;

/** What the performer does for a message, turn for turn. */
export const Plan = z.object({ label: z.string(), turns: z.array(z.array(Call)) });
export type Plan = z.infer<typeof Plan>;

type Step = Call['tool'] | { tool: Call['tool']; ms?: number; holdFile?: string };

/** One turn for each step; several steps of one turn as an array. */
export function aPlan(label: string, ...turns: (Step | readonly Step[])[]): Plan {
  let item = 0;
  const toCall = (step: Step): Call => {
    item += 1;
    const { tool, ms = 10, ...more } = typeof step === 'string' ? { tool: step } : step;
    return { tool, work: { label, item, ms, ...more } };
  };
  return { label, turns: turns.map((turn) => (isTurn(turn) ? turn : [turn]).map(toCall)) };
}

const isTurn = (turn: Step | readonly Step[]): turn is readonly Step[] => Array.isArray(turn);

export const callsOf = (plan: Plan): Call[] => plan.turns.flat();
