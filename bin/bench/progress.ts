export interface Progress {
  stage(what: string): void;
  count(done: number): void;
  end(): void;
}

/** On standard error, where it stays out of what a program reads; counts only for a person. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  let stage = '';
  return {
    stage(what) {
      this.end();
      stage = what;
      stream.write(stream.isTTY ? stage : `bench: ${stage}\n`);
    },
    count(done) {
      if (stream.isTTY) stream.write(`\r${stage}: ${done.toLocaleString('en')}`);
    },
    end() {
      if (stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}
