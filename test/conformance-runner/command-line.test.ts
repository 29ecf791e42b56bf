import { describe, expect, it } from 'vitest';
import { readCommand } from '../../bin/conformance/command-line.ts';
import { skippedBy } from '../conformance/target.ts';

const complete = ['--url', 'http://localhost:8080', '--token', 'a', '--other-token', 'b'];

const without = (option: string) => {
  const at = complete.indexOf(option);
  return complete.toSpliced(at, 2);
};

describe('the command line of the conformance suite', () => {
  it('names the target', () => {
    const command = readCommand(
      [...complete, '--sync-limit-seconds', '25', '--skip', 'White space, events'],
      {},
    );

    expect(command).toMatchObject({
      target: {
        url: 'http://localhost:8080',
        token: 'a',
        otherToken: 'b',
        syncLimitSeconds: 25,
        skip: ['white space', 'events'],
      },
    });
  });

  it('may leave everything to the environment, and wins over it', () => {
    const env = {
      LONGRUN_CONFORMANCE_URL: 'http://localhost:8080/',
      LONGRUN_CONFORMANCE_TOKEN: 'a',
      LONGRUN_CONFORMANCE_OTHER_TOKEN: 'b',
    };

    expect(readCommand([], env)).toMatchObject({ target: { url: 'http://localhost:8080' } });
    expect(readCommand(['--token', 'c'], env)).toMatchObject({ target: { token: 'c' } });
  });

  it('is handed on in the environment that it can come from', () => {
    const command = readCommand([...complete, '--skip', 'a,b'], {});

    expect(command).toHaveProperty('environment.LONGRUN_CONFORMANCE_SKIP', 'a,b');
    expect(command).toHaveProperty('environment.LONGRUN_CONFORMANCE_OTHER_TOKEN', 'b');
    expect(readCommand([], command === 'help' ? {} : command.environment)).toEqual(command);
  });

  it.each([
    ['--url', /^--url is missing: where/],
    ['--token', /^--token is missing: of a tenant$/],
    ['--other-token', /^--other-token is missing: of another tenant, without which/],
  ])('has to have %s', (option, message) => {
    expect(() => readCommand(without(option), {})).toThrow(message);
  });

  it('says all that is missing at once', () => {
    expect(() => readCommand([], {})).toThrow(/--url .*\n--token .*\n--other-token /);
  });

  it.each([
    ['an address that is none', [...complete, '--url', 'localhost'], /^--url: /],
    ['another protocol', [...complete, '--url', 'ftp://localhost'], /^--url: /],
    ['one tenant twice', [...complete, '--other-token', 'a'], /two tenants are needed/],
    ['no number', [...complete, '--sync-limit-seconds', 'x'], /^--sync-limit-seconds: /],
    ['an unknown option', [...complete, '--tokn', 'x'], /--tokn/],
    ['an option without a value', ['--url'], /--url/],
    ['an argument', [...complete, 'x'], /'x'/],
  ])('is refused with %s', (_, args, message) => {
    expect(() => readCommand(args, {})).toThrow(message);
  });

  it('asks for help whatever else is missing', () => {
    expect(readCommand(['--help'], {})).toBe('help');
  });
});

describe('a case is skipped', () => {
  it.each([
    ['where a name is part of its own', ['white space'], 'sends White space', 'white space'],
    ['not where no name is', ['white space'], 'sends it', undefined],
    ['not where there are no names', [], 'sends it', undefined],
  ])('%s', (_, skip, name, by) => {
    expect(skippedBy(skip, name)).toBe(by);
  });
});
