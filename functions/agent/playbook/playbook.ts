import * as z from 'zod';
import { AgentId, OrgId } from '#core/tenant/ids.ts';
import { hasPlainPlaceholders } from '../secrets.ts';

const Text = z.string().trim().min(1, 'must not be empty');
const Positive = z.number().positive();
const ignored = (...keys: string[]) =>
  Object.fromEntries(keys.map((key) => [key, z.unknown().optional()]));

const Llm = z.union([Text, z.looseObject({ model: Text })], {
  error: 'must be the id or the alias of a model, or {model: …}',
});

/** Auto-generated files name no tool with an empty string. */
const Tools = z.array(z.string().trim()).nullish();

const Task = z.strictObject({
  description: Text,
  expected_output: Text.optional(),
  /** Tasks whose results it gets. @default - those of all before it */
  context: z.array(Text).nullish(),
  tools: Tools,
  ...ignored('agent', 'async_execution', 'callback', 'config', 'create_directory', 'name'),
  ...ignored('output_file', 'output_json', 'output_pydantic'),
});
export type Task = z.infer<typeof Task>;

const Role = z.strictObject({
  role: Text.optional(),
  goal: Text.optional(),
  backstory: Text.optional(),
  /** A later name for `backstory`. */
  instructions: Text.optional(),
  tools: Tools,
  llm: Llm.optional(),
  tasks: z.record(z.string(), Task).nullish(),
  /** Names of those whose tools it gets. */
  mcp_servers: z.array(Text).nullish(),
  ...ignored('allow_code_execution', 'allow_delegation', 'cache', 'function_calling_llm'),
  ...ignored('max_execution_time', 'max_iter', 'max_retry_limit', 'max_rpm', 'memory', 'name'),
  ...ignored('prompt_template', 'response_template', 'step_callback', 'stream'),
  ...ignored('system_template', 'verbose'),
});
export type Role = z.infer<typeof Role>;

const Roles = z
  .record(z.string(), Role)
  .refine((roles) => Object.keys(roles).length > 0, 'must name a role');

const When = z.enum(['always', 'never'], { error: 'must be always or never' });
const Approval = z.union(
  [
    When,
    z.strictObject({
      when: When,
      expires_after_seconds: Positive.optional(),
      on_expiry: z.enum(['reject', 'cancel', 'fail']).optional(),
    }),
  ],
  { error: 'must be always, never, or {when, expires_after_seconds, on_expiry}' },
);
export type Approval = z.infer<typeof Approval>;

const McpServer = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
  headers: z
    .record(
      z.string(),
      z.string().refine(hasPlainPlaceholders, `must name what is secret as \${NAME}`),
    )
    .optional(),
  only: z.array(Text).optional(),
  /** By the tool's name. */
  approval: z.record(z.string(), Approval).optional(),
  idempotent: z.array(Text).optional(),
  timeout_seconds: Positive.optional(),
});
export type McpServer = z.infer<typeof McpServer>;

const onlySequential = 'only a sequential process runs here';

/** One document of an `agents.yaml`: PraisonAI's keys, and ours from `id` on. */
export const Playbook = z
  .strictObject({
    framework: z.string().optional(),
    process: z.literal('sequential', { error: onlySequential }).optional(),
    topic: Text.optional(),
    /** A later name for `topic`. */
    input: Text.optional(),
    roles: Roles.optional(),
    /** A later name for `roles`. */
    agents: Roles.optional(),
    llm: Llm.optional(),
    ...ignored('cache', 'dependencies', 'manager_llm', 'max_iter', 'memory', 'verbose'),
    id: AgentId.optional(),
    name: Text.optional(),
    description: Text.optional(),
    model: Text.optional(),
    other_models: z.array(Text).optional(),
    accepts: z.array(Text).optional(),
    /** By the tool's name. */
    approval: z.record(z.string(), Approval).optional(),
    /** Who may decide. */
    approvals: z
      .strictObject({
        deciders: z
          .strictObject({ groups: z.array(Text).optional(), users: z.array(Text).optional() })
          .optional(),
        not_requester: z.boolean().optional(),
      })
      .optional(),
    mcp_servers: z.record(z.string(), McpServer).optional(),
    limits: z
      .strictObject({
        max_steps: z.int().positive().optional(),
        max_tokens: z.int().positive().optional(),
        max_seconds: Positive.optional(),
      })
      .optional(),
    organisations: z.array(OrgId).optional(),
  })
  .refine(({ roles, agents }) => (roles === undefined) !== (agents === undefined), {
    error: 'must have either roles or agents',
  });
export type Playbook = z.infer<typeof Playbook>;

/** What a file says and nothing can serve; `path` leads to it. */
export class PlaybookError extends Error {
  override readonly name = 'PlaybookError';
  readonly path: readonly PropertyKey[];

  constructor(path: readonly PropertyKey[], message: string) {
    super(message);
    this.path = path;
  }
}
