import { type ParseArgsConfig, parseArgs } from 'node:util';
import { describeError } from '../bench/describe-error.ts';

/** What was asked for makes no sense. The command's usage says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export type OptionTypes = NonNullable<ParseArgsConfig['options']>;

export interface CommandSyntax<Options extends OptionTypes> {
  readonly usage: string;
  /** Without --help, which every command has. */
  readonly options: Options;
  /** How many arguments there may be beside the options. */
  readonly maxPositionals: number;
}

export type CommandLine<Options extends OptionTypes> = ReturnType<
  typeof parseArgs<{ options: Options; allowPositionals: true }>
>;

const somethingIsWrong = 1;
const makesNoSense = 2;

/**
 * Does what the command line asks for, and ends with the code that `main` returns. What goes wrong is
 * told without a stack: it ends with 2, after the usage, for a UsageError, and else with `failed`.
 */
export async function runCommand<Options extends OptionTypes>(
  syntax: CommandSyntax<Options>,
  main: (line: CommandLine<Options>) => Promise<number>,
  failed = somethingIsWrong,
): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(syntax.usage);
    return;
  }
  try {
    process.exitCode = await main(parse(syntax, args));
  } catch (error) {
    const isUsage = error instanceof UsageError;
    console.error(isUsage ? `${error.message}\n\n${syntax.usage}` : describeError(error));
    process.exitCode = isUsage ? makesNoSense : failed;
  }
}

function parse<Options extends OptionTypes>(
  { options, maxPositionals }: CommandSyntax<Options>,
  args: string[],
): CommandLine<Options> {
  const line = parsed(options, args);
  const extra = line.positionals.slice(maxPositionals);
  if (extra.length > 0) throw new UsageError(`This is too much: ${extra.join(' ')}`);
  return line;
}

function parsed<Options extends OptionTypes>(
  options: Options,
  args: string[],
): CommandLine<Options> {
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    // Its second sentence is advice for rarer cases.
    const [first = ''] = String(error instanceof Error ? error.message : error).split(/\.\s/);
    throw new UsageError(`${first.replace(/\.$/, '')}.`);
  }
}
