import { Arn, type ArnComponents, ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ServiceFunction } from './service-function.ts';

export interface ModelAccessProps {
  /** Asks the models. */
  readonly fn: ServiceFunction;
  /** Every name that the cards of the deployed agents list. */
  readonly models: readonly string[];
  /** A secret with the keys of other providers, by their names in the environment. @default - none */
  readonly keysSecretArn?: string | undefined;
  /** The KMS key that encrypts the secret. @default - AWS's own, which needs no leave */
  readonly keysKmsKeyArn?: string | undefined;
  /** What the agent chat runs on. @default - as its card says */
  readonly chatModel?: string | undefined;
}

const bedrock = 'bedrock:';
/** What an inference profile that spans regions has before the model's own id. */
const profile = /^(?:apac|au|ca|eu|global|jp|us|us-gov)\.(?=[a-z0-9-]+\.)/;
const profileByArn = /:inference-profile\/[a-z-]+\.(?<base>[a-z0-9-]+\..+)$/;
const applicationProfile = /:application-inference-profile\//;
const invoke = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'] as const;
const viaSecretsManager = {
  StringEquals: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.${Aws.URL_SUFFIX}` },
};

/** Lets a function ask the models that its agents declare on Bedrock, and read the keys of the others. */
export class ModelAccess extends Construct {
  constructor(scope: Construct, id: string, props: ModelAccessProps) {
    super(scope, id);
    const { fn, models, keysSecretArn, keysKmsKeyArn, chatModel } = props;
    const ids = models.flatMap((name) =>
      name.startsWith(bedrock) ? [name.slice(bedrock.length)] : [],
    );
    const resources = [...new Set(ids)].flatMap((model) => this.#arnsOf(model));
    if (resources.length > 0) fn.allow(invoke, [...new Set(resources)]);
    for (const arn of resources.filter((one) => one.includes(':*:'))) acceptAnyRegion(fn, arn);
    this.#allowBehind(
      fn,
      resources.filter((arn) => applicationProfile.test(arn)),
    );
    if (keysSecretArn) {
      fn.allow(['secretsmanager:GetSecretValue'], [keysSecretArn]);
      fn.addEnvironment('MODEL_KEYS_SECRET_ARN', keysSecretArn);
    }
    if (keysKmsKeyArn) fn.allow(['kms:Decrypt'], [keysKmsKeyArn], viaSecretsManager);
    if (chatModel) fn.addEnvironment('LONGRUN_MODEL', chatModel);
  }

  /** Only the account knows which models such profiles stand for: any, but through these alone. */
  #allowBehind(fn: ServiceFunction, profileArns: readonly string[]): void {
    if (profileArns.length === 0) return;
    const anyModel = this.#arnEverywhere('*');
    fn.allow(invoke, [anyModel], {
      StringEquals: { 'bedrock:InferenceProfileArn': profileArns },
    });
    acceptAnyRegion(fn, anyModel);
  }

  #arnsOf(model: string): string[] {
    if (model.startsWith('arn:')) {
      const base = profileByArn.exec(model)?.groups?.['base'];
      return base === undefined ? [model] : [model, this.#arnEverywhere(base)];
    }
    const base = model.replace(profile, '');
    if (base === model) return [this.#arn('foundation-model', model, { account: '' })];
    return [this.#arn('inference-profile', model, {}), this.#arnEverywhere(base)];
  }

  /** Bedrock chooses the region, and asks for leave to use the model there. */
  #arnEverywhere(model: string): string {
    return this.#arn('foundation-model', model, { account: '', region: '*' });
  }

  #arn(resource: string, resourceName: string, components: Partial<ArnComponents>): string {
    const arnFormat = ArnFormat.SLASH_RESOURCE_NAME;
    return Arn.format(
      { service: 'bedrock', resource, resourceName, arnFormat, ...components },
      Stack.of(this),
    );
  }
}

function acceptAnyRegion(fn: ServiceFunction, arn: string): void {
  fn.acceptWildcard(
    arn.replace(Aws.PARTITION, '<AWS::Partition>'),
    'An inference profile asks the model in whichever region Bedrock chooses.',
  );
}
