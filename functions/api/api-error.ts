import { type FieldError, RunError, type RunErrorCode } from '#core/run/run-error.ts';

/** What is wrong with a request before any use case sees it. */
export type ApiErrorCode =
  | 'unauthorized'
  | 'malformed_json'
  | 'invalid_request'
  | 'route_not_found'
  | 'method_not_allowed'
  | 'payload_too_large'
  | 'internal_error';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;
  readonly fields: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ApiErrorCode,
    message: string,
    more: { fields?: readonly FieldError[]; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.code = code;
    this.fields = more.fields ?? [];
    this.headers = more.headers ?? {};
  }
}

export const statusByCode = {
  agent_not_found: 404,
  run_not_found: 404,
  approval_not_found: 404,
  tool_call_not_found: 404,
  session_not_found: 404,
  session_exists: 409,
  session_busy: 409,
  checkpoint_not_found: 404,
  invalid_input: 400,
  run_state_conflict: 409,
  run_input_gone: 410,
  idempotency_key_reused: 409,
  payload_too_large: 413,
  forbidden_organisation: 403,
  rate_limited: 429,
  queue_full: 429,
  forbidden_decision: 403,
  too_many_attempts: 429,
  invalid_webhook_url: 422,
  webhook_not_found: 404,
  delivery_not_found: 404,
  schedule_not_found: 404,
  batch_not_found: 404,
  batch_state_conflict: 409,
  unauthorized: 401,
  malformed_json: 400,
  invalid_request: 400,
  route_not_found: 404,
  method_not_allowed: 405,
  internal_error: 500,
} as const satisfies Record<RunErrorCode | ApiErrorCode, number>;

/** How a dialect says that a request failed. */
export type ErrorEncoder = (error: RunError | ApiError) => {
  /** JSON, or text as it is. */
  readonly body: unknown;
  readonly contentType: string;
  /** @default - `statusByCode` */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
};

export const isCallersError = (error: unknown): error is RunError | ApiError =>
  error instanceof RunError || error instanceof ApiError;
