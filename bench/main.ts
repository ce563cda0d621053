/** `npm run bench` measures payments, `npm run bench -- fraud` the fraud model; each prints tables for the README. */
import { parseCommandLine, runCommand, UsageError } from '../scripts/command-line.ts';
import { benchFraud } from './fraud.ts';
import { benchPayments } from './payments.ts';

await runCommand('Usage: npm run bench [-- payments | fraud]', () => {
  const { positionals } = parseCommandLine({ args: process.argv.slice(2), allowPositionals: true });
  const [what = 'payments', ...others] = positionals;
  if (others.length > 0) throw new UsageError('One thing is measured at a time.');
  switch (what) {
    case 'payments':
      return benchPayments();
    case 'fraud':
      return benchFraud();
    default:
      throw new UsageError(`There is nothing called ${what} to measure.`);
  }
});
