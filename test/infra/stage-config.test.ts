import { describe, expect, it } from 'vitest';
import { readStageConfig } from '#lib/stage-config.ts';

/** What the error says after its first line. */
function problemsOf(context: Record<string, unknown>): string[] {
  try {
    readStageConfig(context);
  } catch (error) {
    return `${error}`.split('\n').slice(1);
  }
  return [];
}

describe('the settings of a stage', () => {
  it('have a default each', () => {
    expect(readStageConfig({})).toEqual({
      stage: 'dev',
      isEmulator: false,
      retentionDays: 30,
      slotsPerTenant: 100,
      responseMode: 'streaming',
      removalPolicy: 'destroy',
      logLevel: 'info',
      logRetentionDays: 30,
      agents: './agents',
      maxDispatchers: 20,
    });
  });

  it('keep the data of stage prod', () => {
    expect(readStageConfig({ stage: 'prod' })).toMatchObject({ removalPolicy: 'retain' });
  });

  it('suit what an emulator can do', () => {
    expect(readStageConfig({ stage: 'emulator' })).toMatchObject({
      isEmulator: true,
      responseMode: 'buffered',
      removalPolicy: 'destroy',
      maxDispatchers: 2,
    });
  });

  it('come as text from the command line, and as what they are from cdk.json', () => {
    expect(readStageConfig({ retentionDays: '7', slotsPerTenant: 5 })).toMatchObject({
      retentionDays: 7,
      slotsPerTenant: 5,
    });
  });

  it('take what is said over any default', () => {
    const said = {
      stage: 'emulator',
      responseMode: 'streaming',
      removalPolicy: 'retain',
      maxDispatchers: 50,
      publicBaseUrl: 'http://127.0.0.1:4566/x',
      alarmEmail: 'ops@example.com',
      chatModel: 'claude-3-5-sonnet',
      agents: '/elsewhere/agents',
      defaultAgent: 'finance_agent',
    };

    expect(readStageConfig(said)).toMatchObject(said);
  });

  it('name a base URL without a slash at its end', () => {
    expect(readStageConfig({ publicBaseUrl: 'https://runs.example.com/v1//' })).toMatchObject({
      publicBaseUrl: 'https://runs.example.com/v1',
    });
  });
});

describe('a setting that makes no sense', () => {
  it.each([
    ['stage', 'staging', 'must be one of dev, prod, emulator'],
    ['retentionDays', '0', 'must be a whole number from 1 to 3650'],
    ['retentionDays', '1.5', 'must be a whole number from 1 to 3650'],
    ['retentionDays', 'a month', 'must be a whole number from 1 to 3650'],
    ['slotsPerTenant', '10001', 'must be a whole number from 1 to 10000'],
    ['responseMode', 'chunked', 'must be one of streaming, buffered'],
    ['removalPolicy', 'snapshot', 'must be one of retain, destroy'],
    ['logLevel', 'verbose', 'must be one of info, warn, error'],
    ['logRetentionDays', '31', /^must be one of 1, 3, 5, 7, 14, 30, .*3653/],
    ['logRetentionDays', '9999', /^must be one of/],
    ['publicBaseUrl', 'runs.example.com', 'must be an http or https URL'],
    ['publicBaseUrl', 'https://runs.example.com/?a', 'must have no query and no fragment'],
    ['agents', '', /./],
    ['alarmEmail', 'ops', 'must be an e-mail address'],
    ['chatModel', 'gpt-17', 'must be provider:model, or an alias of a model'],
    ['maxDispatchers', '1', 'must be a whole number from 2 to 1000'],
  ])('is refused by its key, its value and what is allowed: %s=%s', (key, value, allowed) => {
    const [problem = '', ...more] = problemsOf({ [key]: value });

    expect(more).toEqual([]);
    expect(problem).toMatch(new RegExp(`^${key}: `));
    expect(problem.slice(key.length + 2)).toMatch(allowed);
    expect(problem).toContain(`not ${JSON.stringify(value)}`);
  });

  it('does not hide another one', () => {
    expect(problemsOf({ stage: 'x', retentionDays: 'y' })).toHaveLength(2);
  });

  it('is noticed by its name, where there is no such setting', () => {
    expect(problemsOf({ retentiondays: '7', stage: 'dev' })).toEqual([
      expect.stringMatching(/^retentiondays: there is no such key, only stage, retentionDays, /),
    ]);
  });

  it('is none of ours where it is CDK’s', () => {
    const ofCdk = {
      'aws:cdk:bundling-stacks': ['**'],
      '@aws-cdk/core:defaultCrossStackReferences': 'strong',
      'cli-telemetry': false,
      'availability-zones:account=1:region=eu-west-1': ['eu-west-1a'],
    };

    expect(problemsOf(ofCdk)).toEqual([]);
  });
});
