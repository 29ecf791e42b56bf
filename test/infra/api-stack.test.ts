import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { contracts } from '#api/contracts.ts';
import { longRoutesOf } from '#lib/constructs/long-routes.ts';
import { aDeployment } from '../builders/a-deployment.ts';
import { readable } from './readable.ts';

const { Api: api } = aDeployment({ stage: 'prod' });
const { Api: buffered } = aDeployment({ stage: 'dev', responseMode: 'buffered' });

const ResourceOfApi = z.object({
  Properties: z.object({ PathPart: z.string(), ParentId: z.unknown() }),
});
const Method = z.object({
  Properties: z.looseObject({
    HttpMethod: z.string(),
    ResourceId: z.unknown(),
    Integration: z.looseObject({ Uri: z.unknown(), TimeoutInMillis: z.number() }),
  }),
});

/** Paths by the logical ids of their resources. */
function pathsOf(template: Template): Map<string, string> {
  const resources = new Map(
    Object.entries(template.findResources('AWS::ApiGateway::Resource')).map(([id, resource]) => [
      id,
      ResourceOfApi.parse(resource).Properties,
    ]),
  );
  const pathOf = (id: string): string => {
    const resource = resources.get(id);
    if (resource === undefined) return '';
    const { ParentId: parent, PathPart: part } = resource;
    return `${pathOf(z.object({ Ref: z.string() }).safeParse(parent).data?.Ref ?? '')}/${part}`;
  };
  return new Map([...resources.keys()].map((id) => [id, pathOf(id)]));
}

/** `GET /path`, with the function that answers. */
function methodsOf(template: Template) {
  const paths = pathsOf(template);
  return Object.values(template.findResources('AWS::ApiGateway::Method')).map((method) => {
    const { HttpMethod, ResourceId, Integration } = Method.parse(method).Properties;
    const ref = z.object({ Ref: z.string() }).safeParse(ResourceId).data?.Ref ?? '';
    return {
      route: `${HttpMethod} ${paths.get(ref) ?? '/'}`,
      function: /<(Api|Stream)>/.exec(readable(Integration.Uri))?.[1],
      uri: readable(Integration.Uri),
      timeoutMs: Integration.TimeoutInMillis,
      mode: Integration['ResponseTransferMode'],
    };
  });
}

const longRoutes = longRoutesOf(contracts).map(({ method, path }) => `${method} ${path}`);
const isLong = ({ route }: { route: string }) => longRoutes.includes(route);

describe('routes that wait or stream', () => {
  it('are those that the contracts say', () => {
    expect(longRoutes.sort()).toEqual([
      'GET /api/runs/{runId}/events',
      'GET /api/tasks/{task_id}/progress',
      'GET /api/v1/runs/{runId}/events',
      'GET /api/v1/runs/{runId}/stream',
      'GET /runs/{runId}/stream',
      'GET /threads/{threadId}/runs/{runId}/join',
      'GET /threads/{threadId}/runs/{runId}/stream',
      'POST /api/agents/{agentId}/runs',
      'POST /api/agents/{agentId}/runs/stream',
      'POST /api/agents/{agentId}/runs/{runId}/continue',
      'POST /runs/stream',
      'POST /runs/wait',
      'POST /threads/{threadId}/runs/stream',
      'POST /threads/{threadId}/runs/wait',
      'POST /threads/{threadId}/runs/{runId}/cancel',
    ]);
  });

  it('stream for up to 15 minutes', () => {
    const long = methodsOf(api).filter(isLong);

    expect(long.map(({ route }) => route).sort()).toEqual(longRoutes);
    for (const one of long) {
      expect(one).toMatchObject({ function: 'Stream', timeoutMs: 900_000, mode: 'STREAM' });
      expect(one.uri).toContain('/response-streaming-invocations');
    }
  });

  it('answer within 29 seconds where responses are buffered', () => {
    const long = methodsOf(buffered).filter(isLong);

    expect(long).toHaveLength(longRoutes.length);
    for (const one of long) {
      expect(one).toMatchObject({ function: 'Stream', timeoutMs: 29_000 });
      expect(one.mode).toBeUndefined();
    }
    buffered.hasResourceProperties('AWS::Lambda::Function', {
      Description: 'Answers requests that wait or stream',
      Timeout: 29,
      Environment: { Variables: Match.objectLike({ RESPONSE_MODE: 'buffered' }) },
    });
  });
});

describe('every other request', () => {
  const short = methodsOf(api).filter((method) => !isLong(method));

  it('is answered by the api function', () => {
    for (const one of short) {
      expect(one).toMatchObject({ function: 'Api', timeoutMs: 29_000 });
      expect(one.mode).toBeUndefined();
    }
  });

  it('finds a method, whatever its path and method are', () => {
    const paths = ['/', ...pathsOf(api).values()];

    const routes = new Set(short.map(({ route }) => route));

    for (const path of paths) {
      expect(routes).toContain(`ANY ${path}`);
      const below = path === '/' ? '' : path;
      const leaf = path.endsWith('{proxy+}');
      const variables = paths.filter(
        (one) => one.startsWith(`${below}/{`) && !one.slice(below.length + 1).includes('/'),
      );
      // API Gateway takes one variable child at most.
      expect(variables).toHaveLength(leaf ? 0 : 1);
    }
  });
});

describe('the API', () => {
  it('is regional, and limits what all callers together may ask', () => {
    api.hasResourceProperties('AWS::ApiGateway::RestApi', {
      Name: 'longrun-prod',
      EndpointConfiguration: { Types: ['REGIONAL'] },
      BinaryMediaTypes: Match.absent(),
    });
    api.hasResourceProperties('AWS::ApiGateway::Stage', {
      StageName: 'prod',
      MethodSettings: [
        Match.objectLike({
          HttpMethod: '*',
          ResourcePath: '/*',
          ThrottlingRateLimit: 1000,
          ThrottlingBurstLimit: 2000,
          LoggingLevel: 'ERROR',
          DataTraceEnabled: false,
        }),
      ],
    });
  });

  it('logs each access as JSON, without what the caller sent', () => {
    api.hasResourceProperties('AWS::ApiGateway::Stage', {
      AccessLogSetting: {
        DestinationArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^RunApiAccessLogs'), 'Arn'] },
        Format: Match.serializedJson(
          Match.objectLike({ requestId: '$context.requestId', status: '$context.status' }),
        ),
      },
    });
  });

  it('leaves authentication to the functions', () => {
    api.allResourcesProperties('AWS::ApiGateway::Method', { AuthorizationType: 'NONE' });
    api.resourceCountIs('AWS::ApiGateway::Authorizer', 0);
  });
});

describe('errors of the gateway itself', () => {
  it.each([
    ['REQUEST_TOO_LARGE', '413', 'payload_too_large'],
    ['THROTTLED', '429', 'too_many_requests'],
    ['INTEGRATION_FAILURE', '502', 'bad_gateway'],
    ['INTEGRATION_TIMEOUT', '504', 'gateway_timeout'],
    ['DEFAULT_4XX', undefined, 'invalid_request'],
    ['DEFAULT_5XX', undefined, 'internal_error'],
  ])('are problems like any other: %s', (type, status, code) => {
    const [response] = Object.values(
      api.findResources('AWS::ApiGateway::GatewayResponse', { Properties: { ResponseType: type } }),
    );
    const { StatusCode, ResponseParameters, ResponseTemplates } = response?.['Properties'] ?? {};
    const template: string = ResponseTemplates['application/json'];
    const sent = template
      .replace('$context.requestId', '42')
      .replace('$context.error.messageString', '"It is \\"so\\"."');

    expect(StatusCode).toBe(status);
    expect(ResponseParameters).toEqual({
      'gatewayresponse.header.Content-Type': "'application/problem+json'",
    });
    expect(JSON.parse(sent)).toMatchObject({
      type: `urn:problem-type:${code.replaceAll('_', '-')}`,
      code,
      detail: 'It is "so".',
      requestId: '42',
      ...(status === undefined ? {} : { status: Number(status) }),
    });
  });
});

describe('its outputs', () => {
  const outputOf = (template: Template, name: string) =>
    readable(template.findOutputs(name)[name]?.['Value']);

  it('say where callers reach it', () => {
    const url = 'https://<RunApiRestApi>.execute-api.<Region>.<URLSuffix>/prod';

    expect(outputOf(api, 'ApiUrl')).toBe(url);
    expect(outputOf(api, 'ConsoleUrl')).toBe(`${url}/`);
  });

  it('are what the stage says, where that is another place', () => {
    const { Api: elsewhere } = aDeployment({ publicBaseUrl: 'https://runs.example.com/' });

    expect(outputOf(elsewhere, 'ApiUrl')).toBe('https://runs.example.com');
    expect(outputOf(elsewhere, 'ConsoleUrl')).toBe('https://runs.example.com/');
  });
});

it('has an id that is known beforehand in stage emulator only', () => {
  const tag = { Key: 'ms-custom-id', Value: '10c4a700' };

  aDeployment({ stage: 'emulator' }).Api.hasResourceProperties('AWS::ApiGateway::RestApi', {
    Tags: Match.arrayWith([tag]),
  });
  api.hasResourceProperties('AWS::ApiGateway::RestApi', {
    Tags: Match.absent(),
  });
});
