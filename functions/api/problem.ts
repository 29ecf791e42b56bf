import { RunError } from '#core/run/run-error.ts';
import { type ApiError, type ErrorEncoder, statusByCode } from './api-error.ts';

/** `type` and `title` of each problem; the types are those of Operativus' server where it has one. */
const problems = {
  agent_not_found: ['resource-not-found', 'Agent not found'],
  run_not_found: ['resource-not-found', 'Run not found'],
  approval_not_found: ['resource-not-found', 'Approval not found'],
  tool_call_not_found: ['resource-not-found', 'Tool call not found'],
  session_not_found: ['resource-not-found', 'Session not found'],
  session_exists: ['session-exists', 'Session exists already'],
  session_busy: ['session-busy', 'The session has live runs'],
  checkpoint_not_found: ['resource-not-found', 'Checkpoint not found'],
  route_not_found: ['resource-not-found', 'No such path'],
  invalid_input: ['invalid-request', 'Invalid request'],
  invalid_request: ['invalid-request', 'Invalid request'],
  malformed_json: ['malformed-request-body', 'Malformed request body'],
  run_state_conflict: ['run-state-conflict', 'The run is in another state'],
  run_input_gone: ['run-input-gone', 'What the run worked with is gone'],
  idempotency_key_reused: ['idempotency-key-reused', 'Idempotency key used for another request'],
  payload_too_large: ['payload-too-large', 'Request too large'],
  forbidden_organisation: ['forbidden', 'Forbidden'],
  rate_limited: ['too-many-requests', 'Too many requests'],
  queue_full: ['too-many-requests', 'Too many runs are queued'],
  forbidden_decision: ['forbidden', 'Forbidden'],
  too_many_attempts: ['rate-limit-exceeded', 'Too many attempts'],
  invalid_webhook_url: ['invalid-webhook-url', 'Not a place to deliver to'],
  webhook_not_found: ['resource-not-found', 'Webhook not found'],
  delivery_not_found: ['resource-not-found', 'Delivery not found'],
  schedule_not_found: ['resource-not-found', 'Schedule not found'],
  batch_not_found: ['resource-not-found', 'Batch not found'],
  batch_state_conflict: ['batch-state-conflict', 'The batch is in another state'],
  unauthorized: ['unauthorized', 'Unauthorized'],
  method_not_allowed: ['method-not-allowed', 'Method not allowed'],
  internal_error: ['internal-error', 'Internal error'],
} as const;

/**
 * RFC 9457, `application/problem+json`.
 * @param nameRun how the dialect names a run
 */
export const problemEncoder =
  (nameRun: (runId: string) => string): ErrorEncoder =>
  (error) => {
    const [type, title] = problems[error.code];
    return {
      contentType: 'application/problem+json',
      body: {
        type: `urn:problem-type:${type}`,
        title,
        status: statusByCode[error.code],
        detail: error.message,
        code: error.code,
        ...moreOf(error, nameRun),
      },
    };
  };

function moreOf(error: RunError | ApiError, nameRun: (runId: string) => string) {
  if (!(error instanceof RunError)) return invalidParams(error.fields);
  const { fields, runId, currentStatus, decided } = error.details;
  return {
    ...invalidParams(fields ?? []),
    ...(runId === undefined ? {} : { runId: nameRun(runId) }),
    ...(currentStatus === undefined ? {} : { currentStatus }),
    ...(decided === undefined ? {} : { decided }),
  };
}

const invalidParams = (fields: ApiError['fields']) =>
  fields.length === 0
    ? {}
    : { invalidParams: fields.map(({ field, message }) => ({ name: field, reason: message })) };
