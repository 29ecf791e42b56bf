import type { FilePart, Message } from '../session/transcript.ts';
import type { RunKey } from '../store/keys.ts';
import type { RunFailure, RunOutput, Usage } from './run.ts';
import type { FieldError } from './run-error.ts';
import type { RunEventBody } from './run-event.ts';

export interface RunOptions {
  readonly model?: string | undefined;
  readonly temperature?: number | undefined;
  readonly maxTokens?: number | undefined;
}

/** What a run was asked to do. */
export interface AgentRequest {
  readonly message: string;
  readonly media: readonly FilePart[];
  readonly options: RunOptions;
  readonly generateFollowups: boolean;
}

/** Where an agent stands between two steps: plain JSON, readable only by the agent loop. */
export type AgentState = Readonly<Record<string, unknown>>;

export interface AgentSummary {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly instructions: string;
  readonly model: string;
  readonly tools: readonly string[];
}

export interface Decision {
  readonly toolCallId: string;
  readonly callHash: string;
  readonly decision: 'APPROVE' | 'REJECT';
  readonly reason?: string | undefined;
}

export interface StepInput {
  readonly run: RunKey & { readonly sessionId: string; readonly userId: string };
  readonly request: AgentRequest;
  /** The session before this run. */
  readonly history: readonly Message[];
  /** This run's own messages so far. */
  readonly messages: readonly Message[];
  /** `undefined` before the first step. */
  readonly state: AgentState | undefined;
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

export interface Agent extends AgentSummary {
  /** Changes whenever the agent's declaration does. */
  readonly version: string;
  readonly maxSeconds: number;
  /** What in the request this agent cannot take; empty where it takes all of it. */
  check(request: AgentRequest): readonly FieldError[];
  /** One durable unit of work: one model call, one tool call, or one question to a person. */
  step(input: StepInput): Promise<StepResult>;
}

/** The declared agents. */
export interface Agents {
  /** `undefined` also where the organisation may not see it. */
  find(agentId: string, orgId: string): Agent | undefined;
  list(orgId: string): readonly AgentSummary[];
}
