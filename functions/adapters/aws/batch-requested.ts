import * as z from 'zod';
import { BatchDefaults } from '#core/batch/batch.ts';
import { AgentId, OrgId } from '#core/tenant/ids.ts';

export const batchRequested = 'Agent Run Batch Requested';

/**
 * An event that starts a batch. Who may put it on the bus may start runs of any organisation: that is
 * for IAM to say.
 */
export const BatchRequested = z.object({
  id: z.string(),
  source: z.string(),
  detail: z
    .object({
      orgId: OrgId,
      agentId: AgentId,
      items: z.array(z.unknown()).optional(),
      /** In the bucket of this deployment, under `<orgId>/`. */
      file: z.object({ bucket: z.string(), key: z.string() }).optional(),
      defaults: BatchDefaults.optional(),
      /** @default - the id of the event, so that one that comes twice starts one batch */
      idempotencyPrefix: z.string().min(1).max(256).optional(),
    })
    .refine(({ items, file }) => (items === undefined) !== (file === undefined), {
      error: 'must have either items or file',
    }),
});
