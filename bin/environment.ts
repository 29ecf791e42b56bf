import * as z from 'zod';
import { isModelName } from '#agent/models/model-aliases.ts';
import { ModelSettings } from '#agent/models/model-keys.ts';

/** Every environment variable of the embedded service, as `npm start -- --help` prints it. */
export const Environment = z.object({
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65535)
    .default(8080)
    .describe('port to listen on; 0 takes any free one'),
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe('address to listen on; loopback unless you say otherwise'),
  DATA_DIR: z.string().default('./data').describe('where the runs are kept'),
  PUBLIC_BASE_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .regex(/^[^?#]*$/, 'must have no query and no fragment')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe('how callers reach the service, where that is not the Host of their requests'),
  LONGRUN_AGENTS: z.string().default('./agents').describe('folder with one file an agent'),
  LONGRUN_DEFAULT_AGENT: z
    .string()
    .optional()
    .describe('the agent of a request that leaves it to the service; by default the first one'),
  LONGRUN_DEV_TOKEN: z
    .string()
    .regex(/^\S{8,}$/, 'must have at least 8 characters and no white space')
    .optional()
    .describe('the development token; by default a random one that is kept in DATA_DIR'),
  LONGRUN_SYNC_WAIT_SECONDS: z.coerce
    .number()
    .min(1)
    .max(840)
    .optional()
    .describe('how long a synchronous request may wait (840, or 25 when buffered)'),
  LONGRUN_RESPONSE_MODE: z
    .enum(['streaming', 'buffered'])
    .default('streaming')
    .describe('whether an answer may begin before it is complete'),
  LONGRUN_SLOTS_PER_TENANT: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe('runs of one organisation that run or wait for a decision at the same time'),
  LONGRUN_RETENTION_DAYS: z.coerce
    .number()
    .min(1)
    .default(30)
    .describe('how long an ended run is kept'),
  LONGRUN_FETCH_FROM_LOOPBACK: z
    .stringbool()
    .default(false)
    .describe('whether media may lie at http://localhost too: for development only'),
  LONGRUN_WEBHOOKS_TO_LOOPBACK: z
    .stringbool()
    .default(false)
    .describe('whether webhooks may go to http://localhost too: for development only'),
  LONGRUN_LOG_LEVEL: z
    .enum(['info', 'warn', 'error'])
    .default('info')
    .describe('the least level that is logged'),
  LONGRUN_MODEL: z
    .string()
    .refine(isModelName, 'must be provider:model, or an alias of a model')
    .optional()
    .describe('what the agent chat runs on; by default what the keys below give access to'),
  ...ModelSettings.shape,
  AWS_ENDPOINT_URL_LAMBDA: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .optional()
    .describe('where remote agents that are Lambda functions are asked instead'),
});
export type Environment = z.infer<typeof Environment>;

/** @throws Error with one line for each variable that makes no sense */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = Environment.safeParse(set);
  if (result.success) return result.data;
  throw new Error(
    result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
  );
}

export function describeEnvironment(): string {
  const shape: Record<string, z.ZodType> = Environment.shape;
  const names = Object.keys(shape);
  const width = Math.max(...names.map((name) => name.length));
  const defaults: Record<string, unknown> = Environment.parse({});
  return names
    .map((name) => {
      const preset = defaults[name];
      const ending = preset === undefined ? '' : ` (default: ${preset})`;
      return `  ${name.padEnd(width)}  ${shape[name]?.description ?? ''}${ending}`;
    })
    .join('\n');
}
