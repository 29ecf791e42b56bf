import { createRequire } from 'node:module';
import * as z from 'zod';

/** The JSONata that the validator of definitions checks with. */
const ofValidator = createRequire(createRequire(import.meta.url).resolve('asl-validator'));
const compile = z
  .custom<(expression: string) => { evaluate(input: unknown, bindings: object): Promise<unknown> }>(
    (value) => typeof value === 'function',
  )
  .parse(ofValidator('jsonata'));

/** What a `{% … %}` of a definition comes to. */
export function evaluate(template: unknown, states: object): Promise<unknown> {
  const [, expression = ''] = /^\{%(.*)%\}$/s.exec(z.string().parse(template)) ?? [];
  return compile(expression).evaluate({}, { states });
}
