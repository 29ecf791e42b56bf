import type { RunFailure } from '#core/run/run.ts';

/** Clients look for its name. */
const names: Readonly<Record<string, string>> = { step_limit: 'GraphRecursionError' };

/** Why a run failed, as LangGraph names exceptions where it has one for it. */
export const toWireError = ({
  code,
  message,
}: {
  code: RunFailure['code'] | string;
  message: string;
}) => ({
  error: names[code] ?? code,
  message,
});
