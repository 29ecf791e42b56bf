import { Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { withApp } from '../builders/a-deployment.ts';

/** Synthesis fails with every finding for which nobody gave a reason. */
const check = (context: Record<string, unknown>, extra: (stack: Stack) => void = () => {}) =>
  withApp(context, (app) => {
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const [stack] = app.node.children.filter((child) => child instanceof Stack);
    if (stack) extra(stack);
    app.synth();
  });

it.each([
  { stage: 'prod', alarmEmail: 'ops@example.com' },
  { stage: 'dev' },
  { stage: 'dev', responseMode: 'buffered', removalPolicy: 'retain' },
])('finds nothing that has no reason in %o', (context) => {
  expect(() => check(context)).not.toThrow();
});

it('finds what is wrong', () => {
  const wrong = () => check({ stage: 'dev' }, (stack) => new Bucket(stack, 'Open'));

  expect(wrong).toThrow(/validation/i);
});
