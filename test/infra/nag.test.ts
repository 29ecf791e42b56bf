import { Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import * as z from 'zod';
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

it('has a reason for each finding that it lets pass', () => {
  const accepted = withApp({ stage: 'prod' }, (app) =>
    app.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(Reasons.parse(data))),
  );

  expect(accepted.length).toBeGreaterThan(15);
  for (const [finding, reason] of accepted) {
    expect(finding).toMatch(/AwsSolutions-/);
    expect(reason).toMatch(/^[A-Z].{30,}\.$/);
  }
});

const Reasons = z.record(z.string(), z.string());
