import * as z from 'zod';

/** What the process that bundles is asked for. */
export const BundleOrder = z.object({
  outFolder: z.string(),
  agentsFolder: z.string(),
  functionsFolder: z.string().exactOptional(),
});
export type BundleOrder = z.infer<typeof BundleOrder>;
