import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { filesOf } from '../../lib/assembly.ts';
import { ProjectCopy } from './project.ts';

let project: ProjectCopy;
beforeAll(() => {
  project = new ProjectCopy();
});
afterAll(() => {
  project.remove();
});

/** Names and contents of all files below a folder. */
function contentsOf(folder: string): readonly string[] {
  return filesOf(folder)
    .map((file) => `${file.slice(folder.length)} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`)
    .toSorted();
}

/** The smallest of several measurements, which the machine's other work disturbs least. */
async function quickest(runs: number, work: () => Promise<unknown>): Promise<number> {
  let least = Infinity;
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    await work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

describe('a build', () => {
  test('that runs twice at once makes one whole assembly for both', async () => {
    const [first, second] = await Promise.all([project.build(), project.build()]);
    expect(first).toMatchObject({ status: 0 });
    expect(second).toMatchObject({ status: 0, lastLine: first.lastLine });
    expect(readdirSync(first.lastLine)).toEqual(
      expect.arrayContaining(['manifest.json', 'Quittance-local-Platform.template.json']),
    );
    expect(`${first.stderr}${second.stderr}`.match(/Synthesized/gu)).toHaveLength(1);
    expect(readdirSync(project.path('.build')).filter((name) => /\.(?:new|old)$/u.test(name))).toEqual([]);
  });

  test('of what is built already takes well under a second and says nothing but where it is', async () => {
    const milliseconds = await quickest(5, async () => {
      expect(await project.build()).toMatchObject({ status: 0, stderr: '' });
    });
    expect(milliseconds).toBeLessThan(1000);
  });

  test('leaves the assembly that another still runs from, and makes a new one for a new stack', async () => {
    const before = await project.build();
    appendFileSync(project.path('docs/runbook.md'), '\nOne more line.\n');
    const after = await project.build();
    expect(after.status).toBe(0);
    expect(after.lastLine).not.toBe(before.lastLine);
    expect(readdirSync(before.lastLine)).toContain('manifest.json');
    expect(after.stderr).not.toContain('Bundled');
  });

  test('ships one module a function, without its source map', () => {
    const bundles = readdirSync(project.path('.build/functions'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(bundles.length).toBeGreaterThan(0);
    for (const { name } of bundles)
      expect(readdirSync(project.path(join('.build/functions', name)))).toEqual(['index.js', 'package.json']);
  });
});

test('the same sources make the same bundles wherever they lie', async () => {
  const other = new ProjectCopy();
  try {
    expect(await other.build('--bundles-only')).toMatchObject({ status: 0 });
    const functions = (copy: ProjectCopy) => contentsOf(copy.path('.build/functions'));
    expect(functions(other)).toEqual(functions(project));
  } finally {
    other.remove();
  }
});

describe('a synthesis that fails', () => {
  test('for want of a handler names its file and leaves no assembly', async () => {
    renameSync(project.path('lambdas/tokens/get-token.api.ts'), project.path('lambdas/tokens/get-token.ts'));
    const { status, stderr, lastLine } = await project.build();
    renameSync(project.path('lambdas/tokens/get-token.ts'), project.path('lambdas/tokens/get-token.api.ts'));
    expect(stderr).toContain('lambdas/tokens/get-token.api.ts is missing');
    expect({ status, lastLine }).toEqual({ status: 1, lastLine: '' });
  });

  test('for a handler without a function names it', async () => {
    const extra = project.path('lambdas/tokens/count-tokens.api.ts');
    appendFileSync(extra, 'export const handler = async () => ({ statusCode: 204 });\n');
    const { status, stderr } = await project.build();
    rmSync(extra);
    expect(stderr).toContain('count-tokens');
    expect(status).toBe(1);
  });

  test('for want of a workflow names its file', async () => {
    rmSync(project.path('statemachines/resolve-payment.asl.json'));
    const { status, stderr } = await project.build();
    expect(stderr).toContain('statemachines/resolve-payment.asl.json is missing');
    expect(status).toBe(1);
  });
});
