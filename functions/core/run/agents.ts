import * as z from 'zod';
import { DeciderRule } from '../approval/decider-rule.ts';
import type { EditedArguments, FilePart, Message } from '../session/transcript.ts';
import type { RunKey } from '../store/keys.ts';
import type { RunFailure, RunOutput, Usage } from './run.ts';
import type { RunEventBody } from './run-event.ts';
import { ToolCard } from './tool-card.ts';

export const RunOptions = z.object({
  model: z.string().optional(),
  temperature: z.number().optional(),
  maxTokens: z.number().optional(),
  /** Model calls, where that is less than the agent's own limit. */
  maxSteps: z.number().optional(),
});
export type RunOptions = Readonly<z.infer<typeof RunOptions>>;

/** What the caller gives along for the agent: its tools read it, its model is shown it. */
export const RunContext = z.record(z.string(), z.json());
export type RunContext = z.infer<typeof RunContext>;

/** What a run was asked to do. */
export interface AgentRequest {
  readonly message: string;
  readonly media: readonly FilePart[];
  readonly options: RunOptions;
  readonly generateFollowups: boolean;
  readonly context: RunContext;
  /** Nothing is asked: the agent goes on from where its session stands. @default false */
  readonly continues?: boolean | undefined;
}

/** What a run is asked, as its session remembers it; nothing where it only goes on. */
export const questionOf = ({
  message,
  media,
  continues,
}: Pick<AgentRequest, 'message' | 'media' | 'continues'>): Message[] =>
  continues ? [] : [{ role: 'user', content: [{ type: 'text', text: message }, ...media] }];

/** Where an agent stands between two steps: plain JSON, readable only by the agent loop. */
export type AgentState = Readonly<Record<string, unknown>>;

/** What is known of an agent without its code: enough to list it and to take submissions for it. */
export const AgentCard = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  instructions: z.string(),
  /** Names of the model that it runs on, and of all that `options.model` may ask for. */
  model: z.string(),
  models: z.array(z.string()),
  tools: z.array(ToolCard),
  /** What it works on in turn, where that is more than what it is asked. */
  tasks: z.array(z.string()).optional(),
  /** MIME types, `image/*` or exact, that it takes as media. */
  accepts: z.array(z.string()),
  /** The organisations that see it; `null` for all of them. */
  organisations: z.array(z.string()).nullable(),
  /** Changes whenever the agent's declaration does. */
  version: z.string(),
  maxSeconds: z.number(),
  /** Who may decide on its calls. @default - everybody of the organisation */
  approvals: DeciderRule.optional(),
  /** Whether it has others that are known only when it runs. @default - it has not */
  hasMoreTools: z.boolean().optional(),
  /** ARN of the Lambda function that takes its steps, where one does. */
  functionArn: z.string().optional(),
});
export type AgentCard = z.infer<typeof AgentCard>;

export interface Decision {
  readonly toolCallId: string;
  readonly callHash: string;
  readonly decision: 'APPROVE' | 'REJECT';
  readonly reason?: string | undefined;
  /** What the call is made with instead of what was proposed. */
  readonly arguments?: EditedArguments | undefined;
  /** What a rejected call is to have given, as far as the agent is told. */
  readonly result?: string | undefined;
}

export interface StepInput {
  readonly run: RunKey & { readonly sessionId: string; readonly userId: string };
  /** Which of the run's steps this is, from 1, as its events name it. */
  readonly step: number;
  readonly request: AgentRequest;
  /** The session before this run. */
  readonly history: readonly Message[];
  /** This run's own messages so far. */
  readonly messages: readonly Message[];
  /** `undefined` before the first step. */
  readonly state: AgentState | undefined;
  /** What the steps so far used. */
  readonly usage: Usage;
  /** The decision on the approval that the last step asked for. */
  readonly decision: Decision | undefined;
  /** Aborts when the run is no longer this invocation's. */
  readonly signal: AbortSignal;
  /** Tells whoever reads along. May be lost, and told again, when the step is. */
  emit(event: RunEventBody): void;
  /**
   * Records durably that a tool call begins that must not be repeated. After a crash the step is
   * called again with `begun`.
   */
  begin(toolCallId: string): Promise<void>;
  /** The call that an earlier invocation began and of which no result is known. */
  readonly begun: string | undefined;
}

export interface ApprovalRequest {
  readonly toolCallId: string;
  readonly tool: string;
  readonly arguments: unknown;
  readonly callHash: string;
  /** Why a person is asked. */
  readonly reason: string;
  readonly expiresAfterSeconds: number;
  readonly onExpiry: 'reject' | 'cancel' | 'fail';
  /** @default - nobody is reminded */
  readonly remindAfterSeconds?: number | undefined;
  /** Whoever asks would not hear of other arguments. @default - they may be changed */
  readonly takesNoEdit?: true;
}

export type StepOutcome =
  | { readonly kind: 'continue' }
  | { readonly kind: 'pause'; readonly approval: ApprovalRequest }
  | { readonly kind: 'done'; readonly output: RunOutput }
  | { readonly kind: 'fail'; readonly error: RunFailure };

export interface StepResult {
  readonly outcome: StepOutcome;
  readonly state: AgentState;
  /** What this step adds to the run's messages. */
  readonly appended: readonly Message[];
  /** What this step used. */
  readonly usage: Usage;
}

export interface Agent extends AgentCard {
  /** One durable unit of work: one model call, one tool call, or one question to a person. */
  step(input: StepInput): Promise<StepResult>;
}

/** The declared agents, as far as submissions need them. */
export interface AgentDirectory {
  /** `undefined` also where the organisation may not see it. */
  find(agentId: string, orgId: string): AgentCard | undefined;
  list(orgId: string): readonly AgentCard[];
}

/** The declared agents. */
export interface Agents extends AgentDirectory {
  find(agentId: string, orgId: string): Agent | undefined;
}

/** Whether an organisation sees an agent. */
export const sees = (orgId: string, { organisations }: AgentCard) =>
  organisations === null || organisations.includes(orgId);
