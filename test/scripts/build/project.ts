import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectPath } from '../../../lib/house/root.ts';

const inputs = [
  'adapters',
  'bin',
  'cdk.json',
  'contracts',
  'core',
  'docs/runbook.md',
  'lambdas',
  'lib',
  'model/shipped-model.json',
  'package-lock.json',
  'package.json',
  'scripts',
  'statemachines',
  'tsconfig.json',
];

export interface Build {
  readonly status: number;
  readonly lastLine: string;
  readonly stderr: string;
}

/** A copy of the project that a test may change, with a build folder of its own. */
export class ProjectCopy {
  readonly folder = mkdtempSync(join(tmpdir(), 'quittance-build-'));

  constructor() {
    for (const path of inputs) cpSync(projectPath(path), join(this.folder, path), { recursive: true });
    symlinkSync(projectPath('node_modules'), join(this.folder, 'node_modules'));
  }

  path(path: string): string {
    return join(this.folder, path);
  }

  has(path: string): boolean {
    return existsSync(this.path(path));
  }

  build(...parameters: readonly string[]): Promise<Build> {
    return new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        ['scripts/build.ts', ...parameters],
        { cwd: this.folder },
        (_error, stdout, stderr) => {
          resolve({ status: child.exitCode ?? -1, lastLine: stdout.trim().split('\n').at(-1) ?? '', stderr });
        },
      );
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
