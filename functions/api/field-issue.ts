import type { FieldError, RunError } from '#core/run/run-error.ts';
import { ApiError } from './api-error.ts';

/** What is wrong with a request, as FastAPI says it of each field. */
export const toFieldIssue = ({ field, message, in: place = 'body' }: FieldError) => ({
  type: message.endsWith('received undefined') ? 'missing' : 'value_error',
  loc: field === place ? [place] : [place, ...stepsOf(field)],
  msg: message,
});

/** `a.b[0]` as `['a', 'b', 0]`. */
const stepsOf = (field: string): (string | number)[] =>
  field
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));

export const fieldsOf = (error: RunError | ApiError): readonly FieldError[] =>
  error instanceof ApiError ? error.fields : (error.details.fields ?? []);
