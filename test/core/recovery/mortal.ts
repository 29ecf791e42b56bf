import type { Life } from './life.ts';
import { nameOfCall } from './name-of-call.ts';

/** Calls that leave the world as it is; any other, a new one too, counts as a change. */
const questions = new Set<string | symbol>(['get', 'getMany', 'query', 'queryKeys', 'outcome']);
/** Calls no process waits for. */
const immediate = new Set<string | symbol>(['consoleUrl']);

/** A port as a process has it that may die at any call. */
export const mortal = <Port extends object>(life: Life, name: string, port: Port): Port =>
  new Proxy(port, {
    get: (target, method) => {
      const member: unknown = Reflect.get(target, method);
      if (typeof member !== 'function' || immediate.has(method)) return member;
      return (...args: unknown[]) => {
        const call = async (): Promise<unknown> => Reflect.apply(member, target, args);
        if (questions.has(method)) return life.ask(call);
        return life.change(nameOfCall(name, String(method), args), call);
      };
    },
  });
