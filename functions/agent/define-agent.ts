import type { JSONSchema7, LanguageModelV4 } from '@ai-sdk/provider';
import type * as z from 'zod';
import { JsonSchema, validatorOf } from '#core/json-schema.ts';
import type { RunContext } from '#core/run/agents.ts';
import type { SecretReader } from './secrets.ts';

/** What a tool's `execute` gets beside its arguments. */
export interface ToolContext {
  /** `<runId>:<toolCallId>`: the same for every attempt at this call, different for every other. */
  readonly idempotencyKey: string;
  /** Aborts when the run is cancelled, when the tool's time is up and when the service stops. */
  readonly signal: AbortSignal;
  readonly runId: string;
  readonly sessionId: string;
  readonly orgId: string;
  readonly userId: string;
  /** What the caller gave along for the agent: plain JSON. */
  readonly context: RunContext;
  /** Tells whoever watches the run how far the tool is. `percentage` is 0 to 100. */
  progress(update: { phase: string; percentage?: number; message?: string }): void;
}

/** What becomes of the run when nobody decides in time. */
export type ExpiryPolicy = 'reject' | 'cancel' | 'fail';

export interface ToolApproval<Input> {
  /** Ask a person always, or for these arguments. */
  readonly when: 'always' | ((input: Input) => boolean);
  /** @default 7 * 24 * 3600 */
  readonly expiresAfterSeconds?: number;
  /** @default 'reject' */
  readonly onExpiry?: ExpiryPolicy;
}

/** A zod schema, or a JSON Schema of an object (draft 7 or 2020-12). */
export type ToolInput =
  | z.ZodType
  | { readonly type: 'object'; readonly [keyword: string]: unknown };

/** What `execute` gets: what zod makes of the arguments, or an object as the JSON Schema says. */
export type ToolArguments<Input extends ToolInput> = Input extends z.ZodType
  ? z.output<Input>
  : Readonly<Record<string, unknown>>;

export interface ToolDefinition<Input extends ToolInput = z.ZodType> {
  readonly name: string;
  readonly description: string;
  /** Checked before `execute`; arguments that do not fit go back to the model as an error result. */
  readonly input: Input;
  /** What the model is told of the arguments. @default - as the zod schema has it */
  readonly inputSchema?: JsonSchema;
  /**
   * Whether running the same call twice does no harm. After a crash a tool that is not idempotent
   * and has begun is never run again without asking a person.
   * @default false
   */
  readonly idempotent?: boolean;
  /** @default - runs without asking */
  readonly approval?: ToolApproval<ToolArguments<Input>>;
  /** For the call with all its retries. @default 300 */
  readonly timeoutSeconds?: number;
  /**
   * How often the call is made again where it throws, after a pause that grows, while there is time.
   * Only for what is idempotent. @default 0
   */
  readonly retries?: number;
  /**
   * The result is JSON or text. One of more than 128 KB the model sees the beginning and the end of,
   * and can read on; one of more than 4 MB is an error. What `execute` throws goes back to the model
   * as an error result.
   */
  execute(input: ToolArguments<Input>, context: ToolContext): unknown | Promise<unknown>;
}

/** Tools that are known only when an agent runs. */
export interface ToolSource {
  /**
   * Asked before every step: it remembers for a while what it found.
   * @throws ToolSourceError
   */
  tools(signal: AbortSignal, secret: SecretReader): Promise<readonly SourcedTool[]>;
}

export interface SourcedTool {
  /** Leaves it to the source to check the arguments. */
  readonly tool: ToolDefinition;
  /** Of the arguments, as the model sees it. */
  readonly inputSchema: JSONSchema7;
}

export interface AgentDefinition {
  /** What callers put into the path: `[A-Za-z0-9_-]{1,64}`. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly instructions: string;
  /** A model, or the id or the alias of one: `openai:gpt-4o`, `claude-3-5-sonnet`. */
  readonly model: LanguageModelV4 | string;
  /**
   * What a caller may put into `options.model` beside `model`: ids and aliases, or names of your
   * own, each with its model. @default - only `model`
   */
  readonly otherModels?: Readonly<Record<string, LanguageModelV4 | string>> | readonly string[];
  /** How long a model that can reason thinks before it answers. @default - as its provider does */
  readonly reasoning?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';
  /**
   * Whether there is such an agent here: asked when its file is loaded, and on AWS when it is
   * deployed. @default - there is
   */
  readonly available?: () => boolean;
  readonly tools?: readonly ToolDefinition[];
  /** Of tools that are known only when the agent runs. @default - none */
  readonly toolSources?: readonly ToolSource[];
  /**
   * What its answer looks like as data: the model is asked for JSON, an answer that does not fit
   * goes back to it with what is wrong, and `content` is the field `summary` where that is a text.
   * @default - the answer is a text
   */
  readonly output?: ToolInput;
  /** MIME types, `image/*` or exact, that the agent takes as media. @default - none */
  readonly accepts?: readonly string[];
  /** The organisations that see this agent. @default - all of them */
  readonly organisations?: readonly string[];
  readonly limits?: AgentLimits;
  /** Who may decide on its calls. @default - everybody of the organisation */
  readonly approvals?: AgentApprovals;
}

export interface AgentApprovals {
  /** Members of one of the groups, and these users. @default - everybody of the organisation */
  readonly deciders?:
    | {
        readonly groups?: readonly string[] | undefined;
        readonly users?: readonly string[] | undefined;
      }
    | undefined;
  /** Whoever asked for the run decides nothing in it. @default false */
  readonly notRequester?: boolean | undefined;
}

export interface AgentLimits {
  /** Model calls a run; then it fails with `step_limit`. @default 20 */
  readonly maxSteps?: number;
  /**
   * Tokens that a run's model calls read and write together. A run that has used as many makes no
   * further call and fails with `token_limit`; an answer that is there by then stands.
   * @default - as many as it takes
   */
  readonly maxTokens?: number;
  /** Seconds from the first start to the end, pauses left out; then it fails with `timeout`. @default 3600 */
  readonly maxSeconds?: number;
}

/** Declares an agent; put one in a file of `agents/` as its default export. */
export const defineAgent = <Model extends AgentDefinition['model']>(
  agent: AgentDefinition & { readonly model: Model },
): AgentDefinition & { readonly model: Model } => agent;

/**
 * Declares a tool with its arguments typed by `input`.
 * @throws Error where `input` is a JSON Schema that cannot be checked
 */
export function defineTool<Input extends ToolInput>(tool: ToolDefinition<Input>): ToolDefinition {
  const { input } = tool;
  if (isZod(input)) return tool as ToolDefinition;
  try {
    const inputSchema = JsonSchema.parse(input);
    return { ...(tool as ToolDefinition), input: validatorOf(inputSchema), inputSchema };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`tool ${tool.name}: input: ${reason}`, { cause: error });
  }
}

/** Of whatever copy of zod. */
export const isZod = (input: ToolInput): input is z.ZodType => '_zod' in input;
