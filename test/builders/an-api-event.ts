import type { ApiEvent } from '#api/api-event.ts';

export interface ApiEventOptions extends Partial<Omit<ApiEvent, 'requestContext'>> {
  /** Sent as the body. */
  readonly json?: unknown;
  /** Before the path, where the service is reached behind API Gateway. @default - none */
  readonly stage?: string;
  readonly domainName?: string;
}

const nobody: ApiEvent['requestContext']['identity'] = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  sourceIp: '203.0.113.1',
  user: null,
  userAgent: null,
  userArn: null,
};

/** A request as API Gateway's REST proxy integration hands it over. */
export function anApiEvent(options: ApiEventOptions = {}): ApiEvent {
  const { json, stage = '', domainName, ...overrides } = options;
  const { queryStringParameters: query } = overrides;
  const { httpMethod = json === undefined ? 'GET' : 'POST', path = '/' } = overrides;
  return {
    httpMethod,
    path,
    headers: {},
    multiValueHeaders: {},
    pathParameters: null,
    queryStringParameters: null,
    multiValueQueryStringParameters: query
      ? Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value ?? '']]))
      : null,
    stageVariables: null,
    resource: '/{proxy+}',
    body: json === undefined ? null : JSON.stringify(json),
    isBase64Encoded: false,
    requestContext: {
      accountId: '123456789012',
      apiId: 'abc123',
      authorizer: null,
      protocol: 'HTTP/1.1',
      identity: nobody,
      requestId: '11111111-1111-4111-8111-111111111111',
      requestTimeEpoch: 0,
      resourceId: '',
      resourcePath: '/{proxy+}',
      stage: stage.slice(1),
      httpMethod,
      path: `${stage}${path}`,
      ...(domainName === undefined ? {} : { domainName }),
    },
    ...overrides,
  };
}
