import type { ErrorEncoder } from '#api/api-error.ts';
import { fieldsOf, toFieldIssue } from '#api/field-issue.ts';

/** As FastAPI says it: a text, or a list of the fields that are wrong. */
export const encodeBackgroundTasksError: ErrorEncoder = (error) => {
  const isMalformed = error.code === 'malformed_json';
  const fields = isMalformed ? [{ field: 'body', message: error.message }] : fieldsOf(error);
  const detail = fields.length > 0 ? fields.map(toFieldIssue) : detailOf(error.code, error.message);
  return {
    body: { detail },
    contentType: 'application/json',
    ...(unprocessable.has(error.code) ? { status: 422 } : {}),
  };
};

const unprocessable = new Set<string>(['invalid_request', 'invalid_input', 'malformed_json']);

/** Of another tenant's task nobody learns more than of one that there is not. */
const detailOf = (code: string, message: string) =>
  code === 'run_not_found' ? 'Task not found' : message;
