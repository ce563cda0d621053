import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Log files below one folder, readable by the owner alone. Lines of one turn of the event loop are written together,
 * in their order, so that logging costs a request next to nothing.
 */
export class LogFiles {
  readonly #directory: string;
  readonly #report: (line: string) => void;
  readonly #hear: ((line: string) => void) | undefined;
  readonly #pending = new Map<string, string[]>();
  #writing: Promise<void> | undefined;

  /** `directory` is made when first needed; `report` hears of lines that could not be written, `hear` of every line. */
  constructor(directory: string, report: (line: string) => void, hear?: (line: string) => void) {
    this.#directory = directory;
    this.#report = report;
    this.#hear = hear;
  }

  /** Adds a line to `<name>.log`. */
  append(name: string, line: string): void {
    const lines = this.#pending.get(name) ?? [];
    lines.push(line);
    this.#pending.set(name, lines);
    this.#hear?.(line);
    this.#writing ??= this.#write();
  }

  /** Resolves when every line appended so far is in its file. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #write(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const batch = [...this.#pending];
    this.#pending.clear();
    try {
      await mkdir(this.#directory, { recursive: true });
      await Promise.all(
        batch.map(([name, lines]) =>
          appendFile(join(this.#directory, `${name}.log`), `${lines.join('\n')}\n`, { mode: 0o600 }),
        ),
      );
    } catch (error) {
      this.#report(`Log lines were lost: ${error instanceof Error ? error.message : String(error)}`);
    }
    this.#writing = this.#pending.size > 0 ? this.#write() : undefined;
  }
}
