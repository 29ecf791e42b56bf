import * as z from 'zod';

/** Which of a tenant's runs go first: freed slots go to `high`, and `low` never takes the last ones. */
export const RunPriority = z.enum(['low', 'normal', 'high']);
export type RunPriority = z.infer<typeof RunPriority>;
