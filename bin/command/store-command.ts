import * as z from 'zod';
import { systemClock } from '#adapters/system-clock.ts';
import { type OpenStore, openStore } from '../open-store.ts';
import { type CommandLine, type OptionTypes, runCommand, UsageError } from './command-line.ts';

type Deps = OpenStore & { readonly clock: typeof systemClock };

const tableOption = { table: { type: 'string' } } as const;
const TableOption = z.object({ table: z.string().optional() });

export interface StoreAction<Options extends OptionTypes> {
  /** What follows its name, such as `ID`. @default - nothing */
  readonly operand?: string;
  /** Reads the options before any store is opened. @throws UsageError */
  read(values: CommandLine<Options>['values'], operand: string): (deps: Deps) => Promise<void>;
}

interface StoreCommand<Options extends OptionTypes> {
  readonly usage: string;
  /** Without --table, which all of them have. */
  readonly options: Options;
  readonly actions: Readonly<Record<string, StoreAction<Options>>>;
}

/** `npm run … -- ACTION [OPERAND] [options]`: an action on a service's store, whether that is up or not. */
export const storeCommand = <Options extends OptionTypes>(command: StoreCommand<Options>) =>
  runCommand(
    { ...command, options: { ...command.options, ...tableOption }, maxPositionals: 2 },
    async ({ positionals, values }) => {
      const action = read(command, positionals, values);
      const opened = await openStore(TableOption.parse(values).table);
      try {
        await action({ ...opened, clock: systemClock });
      } finally {
        await opened.close();
      }
      return 0;
    },
  );

function read<Options extends OptionTypes>(
  { actions }: StoreCommand<Options>,
  [name, operand]: readonly string[],
  values: CommandLine<Options>['values'],
) {
  const action = Object.entries(actions).find(([known]) => known === name)?.[1];
  if (action === undefined)
    throw new UsageError(name === undefined ? 'What is to be done?' : `There is no ${name}.`);
  if (action.operand === undefined && operand !== undefined)
    throw new UsageError(`This is too much: ${operand}`);
  if (action.operand !== undefined && operand === undefined)
    throw new UsageError(`${action.operand} is missing.`);
  return action.read(values, operand ?? '');
}

/** The value of an option that must be there. @throws UsageError */
export function required(schema: z.ZodType<string>, option: string, value: string | undefined) {
  if (value === undefined) throw new UsageError(`${option} is missing.`);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(`${option} ${result.error.issues[0]?.message}`);
}
