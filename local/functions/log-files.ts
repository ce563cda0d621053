import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** How long a file is kept open: one that was moved or deleted meanwhile is then made anew. */
const openMilliseconds = 1_000;

/**
 * Log files below one folder, readable by the owner alone. Lines of one turn of the event loop are written together,
 * in their order, to files that stay open for a while: one short write into the system's memory takes a fraction of
 * what a trip through Node's threads does.
 */
export class LogFiles {
  readonly #directory: string;
  readonly #report: (line: string) => void;
  readonly #hear: ((line: string) => void) | undefined;
  readonly #pending = new Map<string, string[]>();
  readonly #open = new Map<string, number>();
  #closing: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;

  /** `directory` is made when first needed; `report` hears of lines that could not be written, `hear` of every line. */
  constructor(directory: string, report: (line: string) => void, hear?: (line: string) => void) {
    this.#directory = directory;
    this.#report = report;
    this.#hear = hear;
  }

  /** Adds a line to `<name>.log`. */
  append(name: string, line: string): void {
    const lines = this.#pending.get(name);
    if (lines) lines.push(line);
    else this.#pending.set(name, [line]);
    this.#hear?.(line);
    this.#writing ??= this.#write();
  }

  /** Resolves when every line appended so far is in its file. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
    this.#closeAll();
  }

  async #write(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const batch = [...this.#pending];
    this.#pending.clear();
    try {
      for (const [name, lines] of batch) writeAll(this.#fileOf(name), Buffer.from(`${lines.join('\n')}\n`));
    } catch (error) {
      this.#report(`Log lines were lost: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#writing = this.#pending.size > 0 ? this.#write() : undefined;
  }

  #fileOf(name: string): number {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    this.#closing ??= setTimeout(() => this.#closeAll(), openMilliseconds).unref();
    mkdirSync(this.#directory, { recursive: true });
    const opened = openSync(join(this.#directory, `${name}.log`), 'a', 0o600);
    this.#open.set(name, opened);
    return opened;
  }

  #closeAll(): void {
    clearTimeout(this.#closing);
    this.#closing = undefined;
    for (const file of this.#open.values()) closeSync(file);
    this.#open.clear();
  }
}

/** The system may take less than it is given, such as when the disk is nearly full. */
function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
}
