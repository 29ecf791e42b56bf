import { type ErrorEncoder, statusByCode } from '#api/api-error.ts';
import { RunError } from '#core/run/run-error.ts';
import { escaped, page, pageHeaders } from './page.ts';

/** A page too: whoever has a link reads it in a browser. */
export const encodePageError: ErrorEncoder = (error) => ({
  contentType: 'text/html; charset=utf-8',
  status: statusByCode[error.code],
  headers: pageHeaders,
  body: page(titleOf(error), `<p>${escaped(error.message)}</p>`),
});

function titleOf(error: Parameters<ErrorEncoder>[0]): string {
  if (error instanceof RunError && error.details.decided) return 'Decided already';
  switch (error.code) {
    case 'run_state_conflict':
      return 'Nothing to decide any more';
    case 'approval_not_found':
      return 'No such approval';
    default:
      return 'This did not work';
  }
}
