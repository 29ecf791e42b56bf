import type { RunDeps } from '#core/run/deps.ts';
import { environmentModels, type ModelRegistry } from './model-registry.ts';
import { patientRetry, type RetryPolicy } from './retry-policy.ts';

/** How agents reach their models. */
export interface ModelAccess {
  /** Of the models that are declared by an id. */
  readonly registry: ModelRegistry;
  readonly retry: RetryPolicy;
  /** Told of every call that is made again. */
  readonly log: RunDeps['log'];
}

/** With the keys of the environment. */
export const usualModelAccess: ModelAccess = {
  registry: environmentModels,
  retry: patientRetry,
  log: () => undefined,
};
