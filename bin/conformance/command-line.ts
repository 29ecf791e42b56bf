import { parseArgs } from 'node:util';
import {
  settingsFrom,
  Target,
  type TargetSetting,
  targetVariables,
} from '../../test/conformance/target.ts';

export const usage = `npm run conformance -- --url URL --token TOKEN --other-token TOKEN [options]

Holds a service against its documentation, over HTTP alone. It starts runs of the example agents in
both tenants and leaves none at work; what has ended stays.

  --url URL               where the service is, such as http://localhost:8080
  --token TOKEN           of a tenant
  --other-token TOKEN     of another tenant
  --sync-limit-seconds N  how long it lets a caller wait for a run; not tested unless given
  --skip NAME,NAME        leaves out the cases with one of these in their name, such as
                          "white space,one connection" where answers are buffered

They may also come from the environment:
  ${Object.values(targetVariables).join('\n  ')}`;

const optionNames: Readonly<Record<TargetSetting, string>> = {
  url: 'url',
  token: 'token',
  otherToken: 'other-token',
  syncLimitSeconds: 'sync-limit-seconds',
  skip: 'skip',
};

const required = {
  url: 'where the service is, such as http://localhost:8080',
  token: 'of a tenant',
  otherToken: 'of another tenant, without which nothing shows that tenants are kept apart',
};

/** What was asked for makes no sense; the message says what to write otherwise. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Command {
  readonly target: Target;
  /** The target in words that the suite reads. */
  readonly environment: Readonly<Record<string, string>>;
}

/** @returns 'help' where that is asked for. @throws UsageError */
export function readCommand(args: readonly string[], env: NodeJS.ProcessEnv): Command | 'help' {
  const values = readOptions(args);
  if (values['help']) return 'help';
  const settings = settingsFrom((setting) => {
    const value = values[optionNames[setting]];
    return typeof value === 'string' ? value : env[targetVariables[setting]];
  });
  const target = parseTarget(settings);
  const environment = Object.entries(targetVariables).map(([setting, variable]) => {
    const [, value = ''] = Object.entries(settings).find(([name]) => name === setting) ?? [];
    return [variable, value];
  });
  return { target, environment: Object.fromEntries(environment) };
}

function readOptions(args: readonly string[]): Record<string, string | boolean | undefined> {
  const options = Object.values(optionNames).map((name) => [name, { type: 'string' }] as const);
  try {
    return parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(options), help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseTarget(settings: ReturnType<typeof settingsFrom>): Target {
  const missing = (['url', 'token', 'otherToken'] as const).filter((name) => !settings[name]);
  if (missing.length > 0)
    throw new UsageError(
      missing.map((name) => `--${optionNames[name]} is missing: ${required[name]}`).join('\n'),
    );
  const parsed = Target.safeParse(settings);
  if (!parsed.success)
    throw new UsageError(
      parsed.error.issues
        .map(({ path, message }) => `${path.map(optionOf).join()}: ${message}`)
        .join('\n'),
    );
  if (parsed.data.token === parsed.data.otherToken)
    throw new UsageError('--other-token is the same as --token: two tenants are needed');
  return parsed.data;
}

const optionOf = (setting: PropertyKey) =>
  `--${Object.entries(optionNames).find(([name]) => name === setting)?.[1]}`;
