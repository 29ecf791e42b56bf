import { ApiError, type ErrorEncoder, statusByCode } from '#api/api-error.ts';

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

/** Of an id that is none, without the name that it has in our paths. */
function detailOf(error: Parameters<ErrorEncoder>[0]): string {
  if (error.code === 'malformed_json') return 'Invalid JSON in request body';
  const [wrong] = error instanceof ApiError ? error.fields : [];
  return wrong && /^Invalid \w+ ID: /.test(wrong.message) ? wrong.message : error.message;
}
