import { ApiError, type ErrorEncoder, statusByCode } from '#api/api-error.ts';
import { RunError } from '#core/run/run-error.ts';

/** Where LangGraph's server has a status of its own. */
const statuses: Readonly<Record<string, number>> = {
  invalid_input: 422,
  invalid_request: 422,
  malformed_json: 422,
};

export const encodeLangGraphError: ErrorEncoder = (error) => ({
  contentType: 'application/json',
  status: statuses[error.code] ?? statusByCode[error.code],
  body: { detail: detailOf(error) },
});

type EncodedError = Parameters<ErrorEncoder>[0];

/** As the original says it, where that says as much. */
function detailOf(error: EncodedError): string {
  const threadId = error instanceof RunError ? (error.details.sessionId ?? '') : '';
  switch (error.code) {
    case 'malformed_json':
      return 'Invalid JSON in request body';
    case 'session_not_found':
      return `Thread with ID ${threadId} not found`;
    case 'session_exists':
      return `Thread with ID ${threadId} already exists`;
    case 'session_busy':
      return 'Thread is already running a task. Wait for it to finish or choose a different multitask strategy.';
    case 'run_not_found':
      return 'Run not found';
    default:
      return withoutName(error);
  }
}

/** Of an id that is none, without the name that it has in our paths. */
function withoutName(error: EncodedError): string {
  const [wrong] = error instanceof ApiError ? error.fields : [];
  return wrong && /^Invalid \w+ ID: /.test(wrong.message) ? wrong.message : error.message;
}
