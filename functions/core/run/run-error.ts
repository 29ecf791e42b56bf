/** What went wrong, in words that programs may test for. Each dialect has its own reply to each. */
export type RunErrorCode =
  | 'agent_not_found'
  | 'run_not_found'
  | 'approval_not_found'
  | 'tool_call_not_found'
  | 'session_not_found'
  | 'session_exists'
  | 'session_busy'
  | 'checkpoint_not_found'
  | 'invalid_input'
  | 'run_state_conflict'
  | 'run_input_gone'
  | 'idempotency_key_reused'
  | 'payload_too_large'
  | 'forbidden_organisation'
  | 'rate_limited'
  | 'queue_full'
  | 'forbidden_decision'
  | 'too_many_attempts'
  | 'invalid_webhook_url'
  | 'webhook_not_found'
  | 'delivery_not_found'
  | 'schedule_not_found'
  | 'batch_not_found'
  | 'batch_state_conflict';

export interface FieldError {
  /** Path as the caller wrote it, for example `media[0].type`. */
  readonly field: string;
  readonly message: string;
  /** Which part of the request the field is in. @default - the body */
  readonly in?: 'path' | 'query' | 'body' | 'header';
  /** What was there instead, where that is known. */
  readonly input?: unknown;
}

export interface RunErrorDetails {
  readonly runId?: string;
  readonly sessionId?: string;
  /** The winner's state, when a change came too late. */
  readonly currentStatus?: string;
  /** The decision that was first. */
  readonly decided?: { readonly decision: string; readonly by: string; readonly at: string };
  readonly fields?: readonly FieldError[];
  /** When it is worth asking again. */
  readonly retryAfterSeconds?: number;
}

/** An outcome that the caller can act on. Anything else that is thrown is a bug. */
export class RunError extends Error {
  override readonly name = 'RunError';
  readonly code: RunErrorCode;
  readonly details: RunErrorDetails;

  constructor(code: RunErrorCode, message: string, details: RunErrorDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

export const runNotFound = (runId: string) =>
  new RunError('run_not_found', `There is no run ${runId}.`, { runId });

export const invalidInput = (fields: readonly FieldError[]) =>
  new RunError(
    'invalid_input',
    fields.map(({ field, message }) => `${field}: ${message}`).join('; '),
    { fields },
  );
