import type { ParseArgsConfig } from 'node:util';
import { parseArgs } from 'node:util';

/** What the caller can put right; told without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** `parseArgs` of node:util, whose complaints are the caller's to put right. */
export function parseCommandLine<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Runs a command: the process ends with what it answers, or with 2 after it has said how to call it. */
export async function runCommand(usage: string, command: () => number | Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n${usage}`);
    process.exitCode = 2;
  }
}
