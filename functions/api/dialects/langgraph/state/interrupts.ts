import * as z from 'zod';

/** What a thread waits for, as `interrupt()` tells it. */
export const Interrupt = z.object({
  id: z.string(),
  value: z.unknown(),
  response_schema: z.null(),
});
export type Interrupt = z.infer<typeof Interrupt>;

export interface AskedApproval {
  readonly approvalId: string;
  readonly tool: string;
  readonly arguments: unknown;
  readonly reason: string;
  readonly takesNoEdit?: true | undefined;
}

/** `respond`: what the tool is to have given; it is not called. */
const decisionsOn = ({ takesNoEdit }: Pick<AskedApproval, 'takesNoEdit'>) =>
  takesNoEdit ? ['approve', 'reject', 'respond'] : ['approve', 'edit', 'reject', 'respond'];

/** A question to a person in the words of LangChain's human-in-the-loop middleware. */
export const toInterrupt = ({ approvalId, tool, reason, ...asked }: AskedApproval): Interrupt => ({
  id: approvalId,
  value: {
    action_requests: [{ name: tool, args: asked.arguments, description: reason }],
    review_configs: [{ action_name: tool, allowed_decisions: decisionsOn(asked) }],
  },
  response_schema: null,
});
