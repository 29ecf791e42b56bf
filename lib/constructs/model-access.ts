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
  /** What the agent chat runs on. @default - as its card says */
  readonly chatModel?: string | undefined;
}

const bedrock = 'bedrock:';
/** What an inference profile that spans regions has before the model's own id. */
const profile = /^(?:apac|au|ca|eu|global|jp|us|us-gov)\.(?=[a-z0-9-]+\.)/;

/** Lets a function ask the models that its agents declare on Bedrock, and read the keys of the others. */
export class ModelAccess extends Construct {
  constructor(scope: Construct, id: string, props: ModelAccessProps) {
    super(scope, id);
    const { fn, models, keysSecretArn, chatModel } = props;
    const ids = models.flatMap((name) =>
      name.startsWith(bedrock) ? [name.slice(bedrock.length)] : [],
    );
    const resources = [...new Set(ids)].flatMap((model) => this.#arnsOf(model));
    if (resources.length > 0)
      fn.allow(['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'], resources);
    for (const arn of resources.filter((one) => one.includes(':*:')))
      fn.acceptWildcard(
        arn.replace(Aws.PARTITION, '<AWS::Partition>'),
        'An inference profile asks the model in whichever region Bedrock chooses.',
      );
    if (keysSecretArn) {
      fn.allow(['secretsmanager:GetSecretValue'], [keysSecretArn]);
      fn.addEnvironment('MODEL_KEYS_SECRET_ARN', keysSecretArn);
    }
    if (chatModel) fn.addEnvironment('LONGRUN_MODEL', chatModel);
  }

  #arnsOf(model: string): string[] {
    if (model.startsWith('arn:')) return [model];
    const base = model.replace(profile, '');
    if (base === model) return [this.#arn('foundation-model', model, { account: '' })];
    return [
      this.#arn('inference-profile', model, {}),
      // Bedrock chooses the region, and asks for leave to use the model there.
      this.#arn('foundation-model', base, { account: '', region: '*' }),
    ];
  }

  #arn(resource: string, resourceName: string, components: Partial<ArnComponents>): string {
    const arnFormat = ArnFormat.SLASH_RESOURCE_NAME;
    return Arn.format(
      { service: 'bedrock', resource, resourceName, arnFormat, ...components },
      Stack.of(this),
    );
  }
}
