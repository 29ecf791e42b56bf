import type { App } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { isModelName } from '#agent/models/model-aliases.ts';

const logRetentionDays = Object.values(RetentionDays).filter(
  (days): days is number => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const count = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int({ error }).min(min, { error }).max(max, { error });
};
const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });

const Context = z.object({
  /** Names the stacks, and chooses the defaults of the others. @default dev */
  stage: oneOf(['dev', 'prod', 'emulator']).default('dev'),
  /** How long an ended run is kept. @default 30 */
  retentionDays: count(1, 3650).default(30),
  /** Runs of one organisation that run or wait for a decision at the same time. @default 100 */
  slotsPerTenant: count(1, 10_000).default(100),
  /** `buffered` where responses cannot be streamed: waits end at 25 s. @default streaming, in stage emulator buffered */
  responseMode: oneOf(['streaming', 'buffered']).optional(),
  /**
   * What becomes of runs, media and logs when a stack is destroyed. `destroy` holds for
   * `cdk destroy` only, which asks first: an update that replaces the table or the bucket leaves
   * the old one behind in any stage. @default retain in stage prod, destroy in the others
   */
  removalPolicy: oneOf(['retain', 'destroy']).optional(),
  /** The least level that the functions log. @default info */
  logLevel: oneOf(['info', 'warn', 'error']).default('info'),
  /** How long the functions' logs are kept. @default 30 */
  logRetentionDays: z.coerce
    .number()
    .refine((days) => logRetentionDays.includes(days), {
      error: `must be one of ${logRetentionDays.join(', ')}`,
    })
    .default(RetentionDays.ONE_MONTH),
  /** How callers reach the API, where that is not API Gateway's own address. */
  publicBaseUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .regex(/^[^?#]*$/, 'must have no query and no fragment')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  /** Folder with one file an agent. @default ./agents */
  agents: z.string().min(1).default('./agents'),
  /** Agent of a request that leaves it to the service. @default - the first that is declared */
  defaultAgent: z.string().min(1).optional(),
  /**
   * ARN of a secret with the keys of model providers: a JSON object such as
   * `{"OPENAI_API_KEY":"…","ANTHROPIC_API_KEY":"…"}`. @default - none; Bedrock needs no key
   */
  modelKeysSecret: z
    .string()
    .regex(
      /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+-[A-Za-z0-9]{6}$/,
      'must be the whole ARN of a secret',
    )
    .optional(),
  /** ARN of the KMS key that `modelKeysSecret` is encrypted with, where that is one of yours. @default - AWS's own */
  modelKeysKmsKey: z
    .string()
    .regex(
      /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
      'must be the ARN of a KMS key, not of an alias',
    )
    .optional(),
  /** What the agent chat runs on, as LONGRUN_MODEL has it. @default - none: chat needs a key to be there */
  chatModel: z
    .string()
    .refine(isModelName, 'must be provider:model, or an alias of a model')
    .optional(),
  /** Gets the alarms, once it has confirmed that it wants them. @default - nobody does */
  alarmEmail: z.email({ error: 'must be an e-mail address' }).optional(),
  /** How many dispatchers may run at the same time. @default 20, in stage emulator 2 */
  maxDispatchers: count(2, 1000).optional(),
});

const Consistent = Context.refine(
  ({ modelKeysKmsKey, modelKeysSecret }) => !modelKeysKmsKey || modelKeysSecret,
  { path: ['modelKeysKmsKey'], error: 'must come with modelKeysSecret' },
);

const Resolved = Consistent.transform((context) => {
  const isEmulator = context.stage === 'emulator';
  return {
    ...context,
    isEmulator,
    responseMode: context.responseMode ?? (isEmulator ? 'buffered' : 'streaming'),
    removalPolicy: context.removalPolicy ?? (context.stage === 'prod' ? 'retain' : 'destroy'),
    maxDispatchers: context.maxDispatchers ?? (isEmulator ? 2 : 20),
  } as const;
});

/** Settings of a deployment, as `cdk deploy -c key=value` or `cdk.json` give them. */
export type StageConfig = z.infer<typeof Resolved>;

const known = Object.keys(Context.shape);
/** Those of CDK, and what it has looked up, have a colon, a hyphen or an @ in them. */
const couldBeOurs = (key: string) => /^[a-z]+$/i.test(key);

/** @throws Error with one line for each key that makes no sense */
export function readStageConfig(context: Readonly<Record<string, unknown>>): StageConfig {
  const unknown = Object.keys(context).filter((key) => !known.includes(key) && couldBeOurs(key));
  const problems = unknown.map((key) => `${key}: there is no such key, only ${known.join(', ')}`);
  const result = Resolved.safeParse(context);
  for (const { path, message } of result.error?.issues ?? [])
    problems.push(`${path.join('.')}: ${message}, not ${JSON.stringify(context[path.join('.')])}`);
  if (result.success && problems.length === 0) return result.data;
  throw new Error(`The context of this app makes no sense.\n${problems.join('\n')}`);
}

const AllContext = z.record(z.string(), z.unknown());

export const stageConfigOf = (app: App) =>
  readStageConfig(AllContext.parse(app.node.getAllContext()));
