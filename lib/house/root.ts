import { fileURLToPath } from 'node:url';

/** The path of a file or folder of the project, given from its root. */
export function projectPath(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
