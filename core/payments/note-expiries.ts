import { notedAheadMilliseconds, windowMilliseconds, windowToNote } from './authorization-window.ts';
import { isLeftBehind } from './look-after.ts';
import { statusesFor } from './movements/movement-rules.ts';
import type { Payment } from './payment.ts';
import type { CreatedPayments, PaymentsToLookAfter, Watermark } from './ports.ts';

const hourMilliseconds = 3_600_000;
/** So much of what was missed is walked before the watermark is moved. */
const strideMilliseconds = 24 * hourMilliseconds;

interface Dependencies {
  readonly payments: PaymentsToLookAfter;
  readonly created: CreatedPayments;
  readonly watermark: Watermark;
}

/**
 * Gives authorizations that will run out the date of their release.
 *
 * Primary course:
 * 1. For each window of authorization-window.ts, the payments are walked that were created its length ago, less two
 *    hours, since the last run; what a missed run left is caught up.
 * 2. What is authorized and not yet captured gets its date; at it the minute's schedule has it released.
 * 3. The watermark is moved when all of a stride went well; else the same is walked again.
 *
 * So nothing has to be noted of a payment that is captured in time, and what died unnoticed is found once more.
 * Answers how many dates were given.
 */
export async function noteExpiries(
  { payments, created, watermark }: Dependencies,
  now: Date,
  isTimeLeft: () => boolean,
): Promise<number> {
  let noted = 0;
  let walked = (await watermark.read()) ?? new Date(now.getTime() - strideMilliseconds);
  while (walked < now && isTimeLeft()) {
    const until = new Date(Math.min(now.getTime(), walked.getTime() + strideMilliseconds));
    for (const window of windowMilliseconds) {
      const back = window - notedAheadMilliseconds;
      const stretch = created.between(new Date(walked.getTime() - back), new Date(until.getTime() - back));
      for await (const paymentIds of stretch) noted += await note(payments, paymentIds, window, now);
    }
    await watermark.write(until);
    walked = until;
  }
  return noted;
}

async function note(
  payments: PaymentsToLookAfter,
  paymentIds: readonly string[],
  window: number,
  now: Date,
): Promise<number> {
  let noted = 0;
  for (const payment of await payments.findAll(paymentIds)) {
    const at = dateOf(payment, window, now);
    // Whoever changes it now notes its release in the same transition (expiryLook).
    if (at !== undefined && (await payments.lookAt(payment, at))) noted += 1;
  }
  return noted;
}

/** The date that the pass of a window gives a payment, if any. */
function dateOf(payment: Payment, window: number, now: Date): string | undefined {
  if (isLeftBehind(payment, now)) return now.toISOString();
  const { status, capturable, createdAt, authorizationExpiresAt } = payment;
  if (authorizationExpiresAt === undefined || capturable === 0n || !statusesFor('expiry').includes(status)) return;
  return windowToNote(createdAt, authorizationExpiresAt) === window ? authorizationExpiresAt : undefined;
}
