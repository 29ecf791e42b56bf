import { type ApiError, type ErrorEncoder, statusByCode } from '#api/api-error.ts';
import { fieldsOf, toFieldIssue } from '#api/field-issue.ts';
import { wireId } from '#api/wire-id.ts';
import { RunStatus } from '#core/run/run.ts';
import { type FieldError, RunError } from '#core/run/run-error.ts';
import { toJobStatus } from './job-words.ts';

/** Fields for which the documentation, or the original, answers 400; for all others it is 422. */
const badRequestFields = new Set(['prompt', 'status']);

/** `{"detail": string | [{type, loc, msg, input}]}`, as FastAPI has it. */
export const encodePraisonaiError: ErrorEncoder = (error) => {
  const fields = fieldsOf(error);
  const isBad = fields.length === 0 || fields.some(({ field }) => badRequestFields.has(field));
  return {
    contentType: 'application/json',
    status: isBad ? statusByCode[error.code] : 422,
    body: { detail: isBad ? detailOf(error) : fields.map(toIssue) },
  };
};

const toIssue = (field: FieldError) => ({ ...toFieldIssue(field), input: field.input ?? null });

function detailOf(error: RunError | ApiError): string {
  if (!(error instanceof RunError)) return error.message;
  const { runId = '', currentStatus } = error.details;
  if (error.code === 'run_not_found') return `Job not found: ${wireIdOf(runId)}`;
  const status = RunStatus.safeParse(currentStatus);
  if (!status.success) return error.message;
  const said = toJobStatus(status.data);
  const isOver = !['queued', 'running'].includes(said);
  return `Job is ${isOver ? 'already' : 'not'} complete. Current status: ${said}`;
}

/** What cannot be the id of a job is named as the caller named it. */
const wireIdOf = (runId: string) => (/^[0-9a-f-]{36}$/.test(runId) ? wireId(runId) : runId);
