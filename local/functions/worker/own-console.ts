import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format } from 'node:util';
import type { LogLevel, WorkerFunction } from '../messages.ts';
import { logLevels } from '../messages.ts';
import { invocationContext } from './invocation-context.ts';

/** Takes one finished line of a function's log. */
export type WriteLine = (functionName: string, line: string) => void;

export interface OwnConsole {
  readonly console: Console;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/**
 * A function's own console: its lines become the log records that Lambda's runtime writes for it (JSON with
 * timestamp, level, requestId and message, or tab-separated text), filtered by the function's log level.
 */
export function createConsole(definition: WorkerFunction, writeLine: WriteLine): OwnConsole {
  const stdout = createLineStream(definition.name, writeLine);
  const stderr = createLineStream(definition.name, writeLine);
  const record =
    (level: LogLevel) =>
    (...parameters: unknown[]) =>
      writeRecord(definition, writeLine, level, parameters);
  const own = new Console({ stdout, stderr });
  Object.assign(own, {
    trace: record('TRACE'),
    debug: record('DEBUG'),
    log: record('INFO'),
    info: record('INFO'),
    warn: record('WARN'),
    error: record('ERROR'),
    fatal: record('FATAL'),
  });
  return { console: own, stdout, stderr };
}

/** Writes one record as Lambda's runtime would, unless the function's log level leaves it out. */
export function writeRecord(
  definition: WorkerFunction,
  writeLine: WriteLine,
  level: LogLevel,
  parameters: readonly unknown[],
): void {
  // Lambda filters by level in its JSON format alone.
  if (definition.logFormat === 'JSON' && logLevels.indexOf(level) < logLevels.indexOf(definition.logLevel)) return;
  const timestamp = new Date().toISOString();
  const requestId = invocationContext.getStore()?.invocation?.id;
  if (definition.logFormat === 'Text') {
    const text = format(...parameters).replaceAll('\n', '\r');
    writeLine(definition.name, `${timestamp}\t${requestId ?? 'undefined'}\t${level}\t${text}`);
    return;
  }
  writeLine(definition.name, toJsonRecord({ timestamp, level, requestId }, parameters));
}

function toJsonRecord(head: Readonly<Record<string, unknown>>, parameters: readonly unknown[]): string {
  if (parameters.length !== 1) {
    const error = parameters.find((parameter) => parameter instanceof Error);
    return JSON.stringify({ ...head, message: format(...parameters), ...(error && describeError(error)) });
  }
  try {
    return JSON.stringify({ ...head, message: parameters[0] }, (_key, value: unknown) =>
      value instanceof Error ? Object.assign(describeError(value), value) : value,
    );
  } catch {
    // A circular object or a bigint: readable rather than lost.
    return JSON.stringify({ ...head, message: format(parameters[0]) });
  }
}

function describeError(error: Error): Record<string, unknown> {
  return { errorType: error.name, errorMessage: error.message, stackTrace: error.stack?.split('\n') ?? [] };
}

/** What is written past the console (process.stdout.write) is logged line by line, as it is. */
function createLineStream(functionName: string, writeLine: WriteLine): Writable {
  let rest = '';
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, done) {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) writeLine(functionName, line);
      done();
    },
  });
}
