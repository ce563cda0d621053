import { cpus } from 'node:os';

/** A table in Markdown: the first column to the left, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '--:'))), ...rows.map(line)];
}

/** When and on what something was measured. */
export function measuredOn(): string {
  const [processor] = cpus();
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} × ${processor?.model.trim() ?? 'unknown processor'}`;
  return `Measured on ${date}: ${machine}, ${process.platform} ${process.arch}, Node ${process.version}`;
}
