import { pendingMovements } from './movements/movement.ts';
import type { Payment } from './payment.ts';
import type { PaymentsToLookAfter } from './ports.ts';

/**
 * How long a payment is looked after by whoever opened it or moves it, at most: API Gateway ends every request by then.
 * Word of it comes after twice that, so that clocks may differ.
 */
const attendedMilliseconds = 30_000;

/** Whether a payment, or a movement of it, was begun and left behind: nobody is at it, and no date is set for it. */
export function isLeftBehind({ status, outcomeWasUnknown, createdAt, movements }: Payment, now: Date): boolean {
  const isOver = (begunAt: string) => Date.parse(begunAt) + attendedMilliseconds <= now.getTime();
  if (status === 'processing') return !outcomeWasUnknown && isOver(createdAt);
  return pendingMovements({ movements }).some(({ begunAt }) => isOver(begunAt));
}

/**
 * Looks after payments that were begun a minute ago.
 *
 * Primary course:
 * 1. They are read as they stand. Nearly all have come to an end by themselves.
 * 2. What was left behind is looked into at once: the minute's schedule finds it by its date.
 *
 * May run any number of times. Answers the ids of what was left behind.
 */
export async function lookAfterPayments(
  payments: PaymentsToLookAfter,
  paymentIds: readonly string[],
  now: Date,
): Promise<readonly string[]> {
  const left = (await payments.findAll(paymentIds)).filter((payment) => isLeftBehind(payment, now));
  for (const payment of left) await lookAfter(payments, payment, now);
  return left.map(({ id }) => id);
}

const tries = 5;

/** Whoever changed it in between may have left it behind again. */
async function lookAfter(payments: PaymentsToLookAfter, read: Payment, now: Date): Promise<void> {
  let payment: Payment | undefined = read;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    if (!payment || !isLeftBehind(payment, now) || (await payments.lookAt(payment, now.toISOString()))) return;
    [payment] = await payments.findAll([read.id]);
  }
  throw new Error(`Payment ${read.id} changed ${tries} times while it was given a date`);
}
