import type { Vite, Vitest } from 'vitest/node';
import { StackGuard } from './stack-guard.ts';

/** Adds the guard to whatever else reports, where the project is checked for others. */
export const stackGuardPlugin: Vite.Plugin = {
  name: 'longrun:stack-guard',
  // Called for each project.
  configureVitest({ vitest }: { readonly vitest: Vitest }): void {
    const { reporters } = vitest.config;
    const isThere = reporters.some((reporter) => reporter instanceof StackGuard);
    if (process.env['CI'] === 'true' && !isThere) reporters.push(new StackGuard());
  },
};
