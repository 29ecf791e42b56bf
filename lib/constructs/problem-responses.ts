import {
  type GatewayResponseOptions,
  ResponseType,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';

interface Problem {
  readonly type: ResponseType;
  readonly code: string;
  readonly title: string;
  /** @default - API Gateway's own, which the body does not know */
  readonly status?: number;
}

const problems: readonly Problem[] = [
  {
    type: ResponseType.REQUEST_TOO_LARGE,
    code: 'payload_too_large',
    title: 'Request too large',
    status: 413,
  },
  {
    type: ResponseType.THROTTLED,
    code: 'too_many_requests',
    title: 'Too many requests',
    status: 429,
  },
  {
    type: ResponseType.INTEGRATION_FAILURE,
    code: 'bad_gateway',
    title: 'No proper answer',
    status: 502,
  },
  {
    type: ResponseType.INTEGRATION_TIMEOUT,
    code: 'gateway_timeout',
    title: 'No answer in time',
    status: 504,
  },
  { type: ResponseType.DEFAULT_4XX, code: 'invalid_request', title: 'Invalid request' },
  { type: ResponseType.DEFAULT_5XX, code: 'internal_error', title: 'Internal error' },
];

/** Gives API Gateway's own errors the form that ours have, RFC 9457. */
export function addProblemResponses(api: RestApi): void {
  for (const problem of problems) api.addGatewayResponse(problem.code, toResponse(problem));
}

function toResponse({ type, code, title, status }: Problem): GatewayResponseOptions {
  const fixed = JSON.stringify({
    type: `urn:problem-type:${code.replaceAll('_', '-')}`,
    title,
    ...(status === undefined ? {} : { status }),
    code,
    requestId: '$context.requestId',
  });
  return {
    type,
    ...(status === undefined ? {} : { statusCode: `${status}` }),
    responseHeaders: { 'Content-Type': "'application/problem+json'" },
    // API Gateway puts in the message with its quotes.
    templates: {
      'application/json': fixed.replace(/}$/, ',"detail":$context.error.messageString}'),
    },
  };
}
