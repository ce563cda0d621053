import type { Dispute, DisputeStep } from '../disputes/dispute.ts';
import type { Posting } from '../ledger/posting.ts';
import { expectedAmounts } from './expected-amounts.ts';
import type { BookAnswer } from './match-line.ts';
import type { ClearingMovement } from './settlement.ts';

/** The acquirer's names for what a dispute takes when it is opened, and gives back when it is won. */
export type DisputeOperation = 'chargeback' | 'chargeback_reversal';

/**
 * What our book says of a dispute that the acquirer settles. In: the dispute and the operation. A file may be faster than
 * the notice of it: what we have not heard of yet is pending.
 */
export function disputeAnswer(dispute: Dispute, operation: DisputeOperation): BookAnswer {
  const { kind, state, paymentId, amount, fee, feeReturned, currency } = dispute;
  switch (operation) {
    case 'chargeback':
      if (kind === 'inquiry') return { kind: 'pending', paymentId };
      return {
        ...{ kind: 'succeeded', paymentId },
        amounts: { [currency]: { gross: -amount, fee, net: -amount - fee } },
      };
    case 'chargeback_reversal':
      if (state === 'lost') return { kind: 'failed', paymentId };
      if (state !== 'won') return { kind: 'pending', paymentId };
      return {
        ...{ kind: 'succeeded', paymentId },
        amounts: { [currency]: { gross: amount, fee: -feeReturned, net: amount + feeReturned } },
      };
  }
}

/**
 * What a dispute's transition put on clearing, by the operations that settle it: one that was won before we heard of it
 * was opened and closed in one entry, and the acquirer settles both.
 */
export function disputeMovements(
  { amount, fee, currency, kind, from, to }: DisputeStep,
  postings: readonly Posting[],
  { reference, paymentId }: Pick<ClearingMovement, 'reference' | 'paymentId'>,
): readonly ClearingMovement[] {
  const total = expectedAmounts(postings)[currency]?.net ?? 0n;
  const opens = kind === 'chargeback' && (from === undefined || from.startsWith('warning_'));
  const taken = opens ? -amount - fee : 0n;
  const movement = { reference, paymentId, currency };
  return [
    ...(opens ? [{ ...movement, operation: 'chargeback', net: taken }] : []),
    ...(to === 'won' ? [{ ...movement, operation: 'chargeback_reversal', net: total - taken }] : []),
  ];
}
