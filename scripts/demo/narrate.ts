import type { Payment } from '../../packages/client/index.ts';

let steps = 0;

/** The next step of the story, by what it is about. */
export function step(text: string): void {
  steps += 1;
  console.log(`\n${steps}. ${text}`);
}

/** What is seen in a step. */
export function say(text: string): void {
  console.log(`   ${text}`);
}

/** An amount in minor units as a person reads it. */
export function money(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** A payment in a line. */
export function describePayment({ id, status, amount, currency, declineCode, fraud }: Payment): void {
  const why = declineCode === undefined ? '' : ` (${declineCode})`;
  const score = fraud === undefined ? '' : `, fraud score ${fraud.score}`;
  say(`${id}: ${money(amount, currency)} ${status}${why}${score}`);
}
