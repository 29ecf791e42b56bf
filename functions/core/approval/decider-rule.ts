import * as z from 'zod';

/** Who may decide on the calls of an agent. */
export const DeciderRule = z.object({
  /** Members of one of the groups, and these users. @default - everybody of the organisation */
  deciders: z
    .object({
      groups: z.array(z.string()).optional(),
      users: z.array(z.string()).optional(),
    })
    .optional(),
  /** Whoever asked for the run decides nothing in it. @default false */
  notRequester: z.boolean().optional(),
});
export type DeciderRule = z.infer<typeof DeciderRule>;
