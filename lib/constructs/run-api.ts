import { Aws, Duration, Tags } from 'aws-cdk-lib';
import {
  AccessLogField,
  AccessLogFormat,
  EndpointType,
  type IResource,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  Resource,
  ResponseTransferMode,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../stage-config.ts';
import { accept } from './accept.ts';
import type { Route } from './long-routes.ts';
import { addProblemResponses } from './problem-responses.ts';
import { removalPolicyOf } from './removal.ts';
import type { ServiceFunction } from './service-function.ts';

export interface RunApiProps {
  readonly config: StageConfig;
  /** Answers all that is short. */
  readonly api: ServiceFunction;
  /** Answers what waits or streams. */
  readonly stream: ServiceFunction;
  readonly longRoutes: readonly Route[];
}

/** The most that API Gateway waits for an answer that it sends as a whole. */
export const bufferedTimeoutSeconds = 29;
export const streamingTimeoutSeconds = 900;

const requestsPerSecond = 1_000;
const requestsAtOnce = 2_000;

/** By this tag the emulator takes an id that is known before the deployment. */
const emulatorApiId = '10c4a700';

/** The front door. It knows nobody: the functions authenticate, in each dialect's own words. */
export class RunApi extends Construct {
  readonly restApi: RestApi;
  readonly url: string;

  constructor(scope: Construct, id: string, props: RunApiProps) {
    super(scope, id);
    const { config, longRoutes } = props;
    this.restApi = new RestApi(this, 'RestApi', {
      restApiName: `longrun-${config.stage}`,
      description: 'Runs of agents, in every dialect',
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: true,
      deployOptions: {
        stageName: config.stage,
        throttlingRateLimit: requestsPerSecond,
        throttlingBurstLimit: requestsAtOnce,
        loggingLevel: MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,

        accessLogDestination: new LogGroupLogDestination(
          new LogGroup(this, 'AccessLogs', {
            retention: config.logRetentionDays,
            removalPolicy: removalPolicyOf(config),
          }),
        ),
        accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLogFields)),
      },
    });
    if (config.isEmulator) Tags.of(this.restApi).add('ms-custom-id', emulatorApiId);
    addProblemResponses(this.restApi);
    const short = new LambdaIntegration(props.api, {
      timeout: Duration.seconds(bufferedTimeoutSeconds),
      scopePermissionToMethod: false,
    });
    const long = new LambdaIntegration(props.stream, {
      ...transferOf(config),
      scopePermissionToMethod: false,
    });
    for (const { method, path } of longRoutes)
      this.restApi.root.resourceForPath(path).addMethod(method, long);
    leaveNoGap(this.restApi.root, short);
    acceptOpenDoor(this.restApi);
    const { restApiId } = this.restApi;
    const host = `${restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;
    this.url = config.publicBaseUrl ?? `https://${host}/${config.stage}`;
  }
}

function acceptOpenDoor(restApi: RestApi): void {
  const authenticated =
    'The functions authenticate: a gateway authorizer cannot take a bearer token or an API key, nor answer in the words of a dialect.';
  accept(restApi, 'APIG4', authenticated);
  accept(restApi, 'COG4', authenticated);
  accept(restApi, 'APIG2', 'The functions validate, and name what is wrong with a request.');
  accept(restApi, 'APIG3', 'A web ACL costs money at rest: whoever wants one associates it.');
  accept(
    restApi,
    'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    'The role by which API Gateway writes logs, as AWS defines it.',
  );
}

const transferOf = ({ responseMode }: StageConfig) =>
  responseMode === 'streaming'
    ? {
        responseTransferMode: ResponseTransferMode.STREAM,
        timeout: Duration.seconds(streamingTimeoutSeconds),
      }
    : { timeout: Duration.seconds(bufferedTimeoutSeconds) };

/**
 * Answers every other method and path. API Gateway may choose a resource by its path and then find no
 * method in it: each gets `ANY`, and a greedy child where it has no variable one.
 */
function leaveNoGap(resource: IResource, integration: LambdaIntegration): void {
  const children = resource.node.children.filter((child) => child instanceof Resource);
  resource.addMethod('ANY', integration);
  if (!children.some(({ path }) => path.endsWith('}')))
    resource.addResource('{proxy+}').addMethod('ANY', integration);
  for (const child of children) leaveNoGap(child, integration);
}

const accessLogFields = {
  requestId: AccessLogField.contextRequestId(),
  method: AccessLogField.contextHttpMethod(),
  resource: AccessLogField.contextResourcePath(),
  status: AccessLogField.contextStatus(),
  responseLength: AccessLogField.contextResponseLength(),
  latencyMs: AccessLogField.contextResponseLatency(),
  integrationLatencyMs: AccessLogField.contextIntegrationLatency(),
  error: AccessLogField.contextErrorMessage(),
  sourceIp: AccessLogField.contextIdentitySourceIp(),
  requestTime: AccessLogField.contextRequestTime(),
};
