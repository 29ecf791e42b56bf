import { Duration } from 'aws-cdk-lib';
import { type Conditions, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { bundleOf, type FunctionBundles } from '../bundling/function-bundle.ts';
import type { StageConfig } from '../stage-config.ts';
import { accept } from './accept.ts';
import { removalPolicyOf } from './removal.ts';

export interface ServiceFunctionProps {
  readonly config: StageConfig;
  readonly bundles: FunctionBundles;
  /** Folder under `functions/` that holds its `handler.ts`. */
  readonly bundle: string;
  readonly description: string;
  /** @default 30 */
  readonly timeoutSeconds?: number;
  /** Processor time comes with it: 1,769 are one core. @default 256 */
  readonly memorySizeMiB?: number;
}

/** A function with a role and a log group of its own, and nothing that it may do but log. */
export class ServiceFunction extends LambdaFunction {
  readonly #role: Role;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    const { config, bundles, bundle, description } = props;
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: config.logRetentionDays,
      removalPolicy: removalPolicyOf(config),
    });
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description,
    });
    logGroup.grantWrite(role);
    super(scope, id, {
      description,
      code: Code.fromAsset(bundleOf(bundles, bundle).folder),
      handler: 'handler.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySizeMiB ?? 256,
      timeout: Duration.seconds(props.timeoutSeconds ?? 30),
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: { LOG_LEVEL: config.logLevel },
    });
    this.#role = role;
  }

  /** Lets it call these actions on these resources, and no others; where there are conditions, only so. */
  allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions: Readonly<Conditions> = {},
  ): void {
    this.addToRolePolicy(
      new PolicyStatement({ actions: [...actions], resources: [...resources], conditions }),
    );
  }

  /** Says why what it may use has a wildcard in it, as cdk-nag writes it. */
  acceptWildcard(resource: string, reason: string): void {
    accept(this.#role, `IAM5[Resource::${resource}]`, reason);
  }
}
