import { describe, expect, it } from 'vitest';
import { describeEnvironment, Environment, readEnvironment } from '../../bin/environment.ts';

const names = Object.keys(Environment.shape);

const bad: [name: string, value: string][] = [
  ['PORT', 'http'],
  ['PORT', '-1'],
  ['PORT', '65536'],
  ['PORT', '80.5'],
  ['PUBLIC_BASE_URL', 'runs.example.com'],
  ['LONGRUN_DEV_TOKEN', 'short'],
  ['LONGRUN_DEV_TOKEN', 'with white space'],
  ['LONGRUN_SYNC_WAIT_SECONDS', '0'],
  ['LONGRUN_SYNC_WAIT_SECONDS', '841'],
  ['LONGRUN_SYNC_WAIT_SECONDS', 'long'],
  ['LONGRUN_RESPONSE_MODE', 'stream'],
  ['LONGRUN_SLOTS_PER_TENANT', '0'],
  ['LONGRUN_SLOTS_PER_TENANT', '1.5'],
  ['LONGRUN_SLOTS_PER_TENANT', '10001'],
  ['LONGRUN_RETENTION_DAYS', '0'],
  ['LONGRUN_RETENTION_DAYS', 'Infinity'],
  ['LONGRUN_LOG_LEVEL', 'debug'],
  ['LONGRUN_MODEL', 'gpt-17'],
  ['LONGRUN_MODEL', 'openai:'],
  ['OPENAI_BASE_URL', 'localhost:11434'],
];

const good: [name: keyof Environment, value: string, read: unknown][] = [
  ['PORT', '0', 0],
  ['PORT', '65535', 65535],
  ['HOST', '0.0.0.0', '0.0.0.0'],
  ['DATA_DIR', '/var/lib/longrun', '/var/lib/longrun'],
  ['PUBLIC_BASE_URL', 'https://runs.example.com/prod/', 'https://runs.example.com/prod'],
  ['PUBLIC_BASE_URL', 'http://localhost:8080', 'http://localhost:8080'],
  ['LONGRUN_DEFAULT_AGENT', 'finance_agent', 'finance_agent'],
  ['LONGRUN_DEV_TOKEN', '12345678', '12345678'],
  ['LONGRUN_SYNC_WAIT_SECONDS', '840', 840],
  ['LONGRUN_RESPONSE_MODE', 'buffered', 'buffered'],
  ['LONGRUN_SLOTS_PER_TENANT', '10000', 10_000],
  ['LONGRUN_RETENTION_DAYS', '365', 365],
  ['LONGRUN_LOG_LEVEL', 'error', 'error'],
  ['LONGRUN_MODEL', 'compatible:llama3.2:3b', 'compatible:llama3.2:3b'],
  ['LONGRUN_MODEL', 'claude-3-5-sonnet', 'claude-3-5-sonnet'],
  ['OPENAI_BASE_URL', 'http://localhost:11434/v1/', 'http://localhost:11434/v1'],
];

describe('the environment', () => {
  it('needs nothing', () => {
    expect(readEnvironment({})).toEqual({
      PORT: 8080,
      HOST: '127.0.0.1',
      DATA_DIR: './data',
      LONGRUN_AGENTS: './agents',
      LONGRUN_RESPONSE_MODE: 'streaming',
      LONGRUN_SLOTS_PER_TENANT: 100,
      LONGRUN_RETENTION_DAYS: 30,
      LONGRUN_FETCH_FROM_LOOPBACK: false,
      LONGRUN_WEBHOOKS_TO_LOOPBACK: false,
      LONGRUN_LOG_LEVEL: 'info',
    });
  });

  it.each(good)('takes %s=%s as %j', (name, value, expected) => {
    expect(readEnvironment({ [name]: value })[name]).toBe(expected);
  });

  it.each(bad)('with %s=%s is refused by that name', (name, value) => {
    expect(() => readEnvironment({ [name]: value })).toThrow(new RegExp(`^${name}: .`));
  });

  it('is refused with one line for each variable that makes no sense', () => {
    const read = () => readEnvironment({ PORT: 'x', LONGRUN_LOG_LEVEL: 'y', HOST: 'z' });

    expect(read).toThrow(/^PORT: .+\nLONGRUN_LOG_LEVEL: .+$/);
  });

  it.each(names)('with an empty %s is as without it', (name) => {
    expect(readEnvironment({ [name]: '' })).toEqual(readEnvironment({}));
  });

  it('holds nothing of what is set for others', () => {
    expect(readEnvironment({ PATH: '/bin', AWS_PROFILE: 'x' })).toEqual(readEnvironment({}));
  });
});

describe('the help', () => {
  it.each(names)('says what %s is for', (name) => {
    const line = describeEnvironment()
      .split('\n')
      .find((one) => one.trim().startsWith(`${name} `));

    expect(line?.trim()).toMatch(/^[A-Z_]+ {2,}\w.{10,}/);
  });

  it('says the defaults where there are any', () => {
    const help = describeEnvironment();

    expect(help).toMatch(/PORT .*\(default: 8080\)/);
    expect(help).not.toMatch(/PUBLIC_BASE_URL .*\(default/);
  });
});
