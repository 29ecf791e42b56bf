import * as z from 'zod';

/** The service that the suite is held against, and two of its tenants. All from text. */
export const Target = z.object({
  /** Without a slash at the end. */
  url: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  token: z.string().min(1),
  /** Of a second tenant. */
  otherToken: z.string().min(1),
  /** How long the target lets a caller wait for a run. @default - that limit is not tested */
  syncLimitSeconds: z.coerce.number().positive().optional(),
  /** Cases with one of these in their name are left out. @default - none */
  skip: z.string().optional().transform(parseNames),
});
export type Target = z.output<typeof Target>;
export type TargetSetting = keyof Target;

/** How `bin/conformance.ts` tells the suite, which runs in processes of its own. */
export const targetVariables = {
  url: 'LONGRUN_CONFORMANCE_URL',
  token: 'LONGRUN_CONFORMANCE_TOKEN',
  otherToken: 'LONGRUN_CONFORMANCE_OTHER_TOKEN',
  syncLimitSeconds: 'LONGRUN_CONFORMANCE_SYNC_LIMIT_SECONDS',
  skip: 'LONGRUN_CONFORMANCE_SKIP',
} as const satisfies Record<TargetSetting, string>;

/** The settings as text; those that are empty are not set. */
export const settingsFrom = (of: (setting: TargetSetting) => string | undefined) => ({
  url: of('url') || undefined,
  token: of('token') || undefined,
  otherToken: of('otherToken') || undefined,
  syncLimitSeconds: of('syncLimitSeconds') || undefined,
  skip: of('skip') || undefined,
});

/** The name in `skip` that leaves a case out. */
export const skippedBy = (skip: readonly string[], caseName: string): string | undefined =>
  skip.find((name) => caseName.toLowerCase().includes(name));

function parseNames(list = ''): string[] {
  return list
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}

declare module 'vitest' {
  interface ProvidedContext {
    target: Target;
  }
}
