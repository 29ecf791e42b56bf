import { spawn } from 'node:child_process';
import { isatty } from 'node:tty';

const repeatWithinMilliseconds = 1000;

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
  return () => {
    for (const signal of signals) process.off(signal, forward);
  };
}

// A terminal sends Ctrl-C to the program as well.
const isTypedInTerminal = () => [0, 1, 2].some((descriptor) => isatty(descriptor));
