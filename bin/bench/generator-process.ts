import { type ChildProcess, fork } from 'node:child_process';
import { type Command, FromGenerator, type LoadResult } from './protocol.ts';

/** Beyond the time that a load is bounded to: for the answers that are under way then. */
const graceMs = 60_000;

/** The load generator, in a process that ends with this one. */
export class GeneratorProcess {
  readonly #child: ChildProcess;

  constructor(port: number, token: string) {
    this.#child = fork(new URL(import.meta.resolve('./generator.ts')), [String(port), token]);
  }

  /** @throws Error where the generator fails, ends or takes much longer than it was asked to */
  run(command: Command, progress: (done: number) => void): Promise<LoadResult> {
    const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
    const take = (message: unknown) => {
      const heard = FromGenerator.parse(message);
      if (heard.kind === 'progress') progress(heard.done);
      else if (heard.kind === 'result') resolve(heard.result);
      else reject(new Error(heard.message));
    };
    const ended = () => reject(new Error('The load generator ended.'));
    const late = () => reject(new Error(`The load ${command.load} came to no end.`));
    const timer = setTimeout(late, command.seconds * 1000 + graceMs);
    this.#child.on('message', take).on('exit', ended).send(command);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#child.off('message', take).off('exit', ended);
    });
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
