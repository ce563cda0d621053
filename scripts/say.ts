/** Tells of progress on stderr: stdout is for what a caller reads. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Runs `work` and tells afterwards how long it took. */
export async function sayDuration<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  say(`${what} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  return result;
}
