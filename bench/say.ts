/** Progress goes to standard error: what is on standard output can be pasted. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
