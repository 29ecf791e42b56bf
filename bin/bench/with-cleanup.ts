const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Does `work`, and then ends what it started, however it came out. A signal ends the process, once
 * everything that was started has ended.
 */
export async function withCleanup<T>(
  work: (cleanup: AsyncDisposableStack) => Promise<T>,
): Promise<T> {
  await using cleanup = new AsyncDisposableStack();
  const { promise: interrupted, resolve: interrupt } = Promise.withResolvers<number>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => interrupt(exitCodes[signal]));
  const result = await Promise.race([
    work(cleanup).then((value) => ({ value })),
    interrupted.then((exitCode) => ({ exitCode })),
  ]);
  if ('value' in result) return result.value;
  await cleanup.disposeAsync();
  process.exit(result.exitCode);
}
