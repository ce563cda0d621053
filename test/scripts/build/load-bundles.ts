import { createRequire } from 'node:module';

/**
 * Loads bundles in a process of their own (test/scripts/build/bundles.test.ts): for each case on stdin it prints what
 * the bundle exports as handler, or the message of the error that it threw.
 */
interface Case {
  readonly file: string;
  readonly environment: Record<string, string>;
}

let input = '';
for await (const chunk of process.stdin) input += String(chunk);
const require = createRequire(import.meta.url);
const inherited = { ...process.env };

const outcomes = (JSON.parse(input) as Case[]).map(({ file, environment }) => {
  process.env = { ...inherited, ...environment };
  Reflect.deleteProperty(require.cache, file);
  try {
    return typeof (require(file) as { handler: unknown }).handler;
  } catch (error) {
    return String(error);
  }
});
process.stdout.write(JSON.stringify(outcomes));
process.exit(0);
