import { spawn } from 'node:child_process';
import { isatty } from 'node:tty';

const repeatWithinMilliseconds = 1000;
const lookEveryMilliseconds = 250;

/**
 * Runs a program in the foreground and resolves to its exit code, 127 if it cannot be started.
 * Ends this process by the signal that ended the program, as a shell expects.
 */
export function run(file, args, options) {
  const child = spawn(file, args, { stdio: 'inherit', ...options });
  const stopForwarding = forwardSignals(child);

  return new Promise((resolve) => {
    child.on('error', (error) => {
      stopForwarding();
      console.error(`longrun: cannot start ${file}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code, signal) => {
      stopForwarding();
      if (signal) process.kill(process.pid, signal);
      else resolve(code);
    });
  });
}

// npm passes on the signals that it gets, and a process group's members each get their own:
// one Ctrl-C or kill can arrive here several times, and the program must not take that for impatience.
function forwardSignals(child) {
  const lastAt = {};
  const forward = (signal) => {
    const repeated = Date.now() - (lastAt[signal] ?? 0) < repeatWithinMilliseconds;
    lastAt[signal] = Date.now();
    if (!repeated && !(signal === 'SIGINT' && isTypedInTerminal())) child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

  for (const signal of signals) process.on(signal, forward);
  const stopWatching = endWithNpm(() => forward('SIGTERM'));
  return () => {
    stopWatching();
    for (const signal of signals) process.off(signal, forward);
  };
}

// npm signals the shell in between, and that ends without passing anything on.
function endWithNpm(end) {
  if (process.env.npm_lifecycle_event === undefined) return () => {};
  const parent = process.ppid;
  const look = () => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    end();
  };
  const timer = setInterval(look, lookEveryMilliseconds);
  return () => clearInterval(timer);
}

// A terminal sends Ctrl-C to the program as well.
const isTypedInTerminal = () => [0, 1, 2].some((descriptor) => isatty(descriptor));
