import * as z from 'zod';

const base = { number: z.number(), folder: z.string() };

/** What a test asks the process with the agents to do; it answers with the same number. */
export const ToAgents = z.discriminatedUnion('do', [
  z.object({ ...base, do: z.enum(['load', 'watch', 'close']) }),
  z.object({ ...base, do: z.literal('list'), orgId: z.string() }),
  z.object({ ...base, do: z.literal('describe'), orgId: z.string(), agentId: z.string() }),
]);
export type ToAgents = z.infer<typeof ToAgents>;

export const FromAgents = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), number: z.number(), value: z.unknown() }),
  z.object({
    kind: z.literal('failed'),
    number: z.number(),
    name: z.string(),
    message: z.string(),
  }),
  z.object({
    kind: z.literal('logged'),
    folder: z.string(),
    message: z.string(),
    fields: z.record(z.string(), z.unknown()),
  }),
]);
export type FromAgents = z.infer<typeof FromAgents>;
