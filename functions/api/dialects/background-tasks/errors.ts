import type { ErrorEncoder } from '#api/api-error.ts';
import { type FieldError, RunError } from '#core/run/run-error.ts';

/** As FastAPI says it: a text, or a list of the fields that are wrong. */
export const encodeBackgroundTasksError: ErrorEncoder = (error) => {
  const fields = fieldsOf(error);
  const detail = fields.length > 0 ? fields.map(toIssue) : detailOf(error.code, error.message);
  return {
    body: { detail },
    contentType: 'application/json',
    ...(unprocessable.has(error.code) ? { status: 422 } : {}),
  };
};

function fieldsOf(error: Parameters<ErrorEncoder>[0]): readonly FieldError[] {
  if (error instanceof RunError) return error.details.fields ?? [];
  return error.code === 'malformed_json'
    ? [{ field: 'body', message: error.message }]
    : error.fields;
}

const unprocessable = new Set<string>(['invalid_request', 'invalid_input', 'malformed_json']);

/** Of another tenant's task nobody learns more than of one that there is not. */
const detailOf = (code: string, message: string) =>
  code === 'run_not_found' ? 'Task not found' : message;

const toIssue = ({ in: place = 'body', field, message }: FieldError) => ({
  loc: field === place ? [place] : [place, ...field.split('.')],
  msg: message,
  type: message.endsWith('received undefined') ? 'missing' : 'value_error',
});
