import { readFileSync } from 'node:fs';

/** Linux counts a process's time in hundredths of a second. */
const tickMilliseconds = 10;

/**
 * Processor time since the last reset, in milliseconds: of the functions' threads, of the main thread (which is the
 * embedded cloud), of what helps both (garbage collection, compilation, file access), and of the DynamoDB server.
 */
export class ProcessorTime {
  findDatabase: () => number | undefined = () => undefined;
  #functionsMicroseconds = 0;
  #process = process.cpuUsage();
  #thread = process.threadCpuUsage();
  #database: number | undefined;

  addFunctions(microseconds: number): void {
    this.#functionsMicroseconds += microseconds;
  }

  clear(): void {
    this.#functionsMicroseconds = 0;
    this.#process = process.cpuUsage();
    this.#thread = process.threadCpuUsage();
    this.#database = processMilliseconds(this.findDatabase());
  }

  report() {
    const all = milliseconds(process.cpuUsage(this.#process));
    const cloud = milliseconds(process.threadCpuUsage(this.#thread));
    const functions = this.#functionsMicroseconds / 1000;
    const database = processMilliseconds(this.findDatabase());
    return {
      functionsMilliseconds: functions,
      cloudMilliseconds: cloud,
      helpersMilliseconds: Math.max(0, all - cloud - functions),
      // A server that was started again in between has forgotten its time.
      databaseMilliseconds: database === undefined ? undefined : Math.max(0, database - (this.#database ?? 0)),
    };
  }
}

function milliseconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000;
}

/** Undefined where there is no /proc. */
function processMilliseconds(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    // The name in the second field may hold blanks; the fields that count come after its bracket.
    const [, fields = ''] = /\) (.*)$/su.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const numbers = fields.split(' ').map(Number);
    return ((numbers[11] ?? 0) + (numbers[12] ?? 0)) * tickMilliseconds;
  } catch {
    return undefined;
  }
}
