import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { ModelAccess, type ModelAccessProps } from '#lib/constructs/model-access.ts';
import { ServiceFunction } from '#lib/constructs/service-function.ts';
import { readStageConfig } from '#lib/stage-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'longrun-bundle-'));
writeFileSync(join(folder, 'handler.mjs'), 'export const handler = () => {};');

const secret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:models-AbCdEf';

/** A stack with a function that asks these models. */
function given(props: Omit<ModelAccessProps, 'fn'>, app = new App()) {
  const stack = new Stack(app, 'Stack', {
    env: { account: '111122223333', region: 'eu-west-1' },
  });
  const fn = new ServiceFunction(stack, 'Segment', {
    config: readStageConfig({}),
    bundles: new Map([['segment', aBundle]]),
    bundle: 'segment',
    description: 'Takes steps',
  });
  new ModelAccess(stack, 'ModelAccess', { fn, ...props });
  return stack;
}

const bedrockModels = [
  'claude-sonnet',
  'openai:gpt-4o',
  'bedrock:amazon.nova-pro-v1:0',
  'bedrock:global.anthropic.claude-sonnet-5-5',
  'bedrock:global.anthropic.claude-sonnet-5-5',
];

const aBundle = { name: 'segment', folder, bytes: 1, startBytes: 1, modules: {} };

const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, rest]] });

const allows = (actions: string | string[], resources: unknown) => ({
  PolicyDocument: {
    Statement: Match.arrayWith([{ Action: actions, Effect: 'Allow', Resource: resources }]),
  },
});

it('models on Bedrock may be asked, those that are declared and no others', () => {
  const template = Template.fromStack(given({ models: bedrockModels }));

  template.hasResourceProperties(
    'AWS::IAM::Policy',
    allows(
      ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
      [
        arn(':bedrock:eu-west-1::foundation-model/amazon.nova-pro-v1:0'),
        arn(':bedrock:eu-west-1:111122223333:inference-profile/global.anthropic.claude-sonnet-5-5'),
        arn(':bedrock:*::foundation-model/anthropic.claude-sonnet-5-5'),
      ],
    ),
  );
});

const ofAccount = 'arn:aws:bedrock:eu-west-1:111122223333';
const application = `${ofAccount}:application-inference-profile/a1b2c3d4e5f6`;
const bedrockArns = [
  `bedrock:${ofAccount}:inference-profile/us-gov.anthropic.claude-sonnet-5-5-v1:0`,
  `bedrock:${application}`,
  `bedrock:${ofAccount}:provisioned-model/q9w8e7r6t5y4`,
];

it('a profile that is named by its ARN comes with its model in every region, another ARN alone', () => {
  const template = Template.fromStack(given({ models: bedrockArns }));

  template.hasResourceProperties(
    'AWS::IAM::Policy',
    allows(
      ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
      [
        `${ofAccount}:inference-profile/us-gov.anthropic.claude-sonnet-5-5-v1:0`,
        arn(':bedrock:*::foundation-model/anthropic.claude-sonnet-5-5-v1:0'),
        application,
        `${ofAccount}:provisioned-model/q9w8e7r6t5y4`,
      ],
    ),
  );
});

it('a profile of an application leads to whichever model it stands for, and no other way does', () => {
  const template = Template.fromStack(given({ models: bedrockArns }));

  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        {
          Action: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'],
          Effect: 'Allow',
          Resource: arn(':bedrock:*::foundation-model/*'),
          Condition: { StringEquals: { 'bedrock:InferenceProfileArn': [application] } },
        },
      ]),
    },
  });
});

it('says why it may ask a model in any region', () => {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  given({ models: [...bedrockModels, ...bedrockArns], keysSecretArn: secret }, app);

  expect(() => app.synth()).not.toThrow();
});

it('nothing is allowed where nothing is asked', () => {
  const policies = JSON.stringify(
    Template.fromStack(given({ models: ['scripted', 'openai:gpt-4o'] })).toJSON(),
  );

  expect(policies).not.toMatch(/bedrock|secretsmanager|MODEL_KEYS|LONGRUN_MODEL/);
});

it('the secret with the keys may be read where the stage names one', () => {
  const props = { models: ['openai:gpt-4o'], keysSecretArn: secret, chatModel: 'gpt-4o' };
  const template = Template.fromStack(given(props));

  template.hasResourceProperties(
    'AWS::IAM::Policy',
    allows('secretsmanager:GetSecretValue', secret),
  );
  template.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: { MODEL_KEYS_SECRET_ARN: secret, LONGRUN_MODEL: 'gpt-4o' } },
  });
});

const kmsKey = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f';

it('a key of KMS opens the secret, and nothing but secrets', () => {
  const props = { models: [], keysSecretArn: secret, keysKmsKeyArn: kmsKey };
  const template = Template.fromStack(given(props));

  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        {
          Action: 'kms:Decrypt',
          Effect: 'Allow',
          Resource: kmsKey,
          Condition: {
            StringEquals: {
              'kms:ViaService': {
                'Fn::Join': [
                  '',
                  [
                    ...['secretsmanager.', { Ref: 'AWS::Region' }],
                    ...['.', { Ref: 'AWS::URLSuffix' }],
                  ],
                ],
              },
            },
          },
        },
      ]),
    },
  });
});

it('a stage names the key of KMS by its ARN, and the secret that it opens', () => {
  const both = { modelKeysSecret: secret, modelKeysKmsKey: kmsKey };

  expect(readStageConfig(both)).toMatchObject(both);
  expect(() => readStageConfig({ modelKeysKmsKey: kmsKey })).toThrow(
    'modelKeysKmsKey: must come with modelKeysSecret',
  );
  expect(() => readStageConfig({ ...both, modelKeysKmsKey: 'alias/mine' })).toThrow(
    'must be the ARN of a KMS key',
  );
});

it('a stage names the secret by its whole ARN', () => {
  expect(readStageConfig({ modelKeysSecret: secret }).modelKeysSecret).toBe(secret);
  expect(() => readStageConfig({ modelKeysSecret: 'models' })).toThrow('whole ARN of a secret');
});
