import { deriveId } from '../ids.ts';
import type { Lot, LotChange } from '../lots/lot.ts';
import { takeBack } from '../lots/lot.ts';
import type { Payment } from './payment.ts';
import type { SettledPart } from './settled-part.ts';
import { settledBetween } from './settled-part.ts';
import { takenBack } from './taken-back.ts';

/** What a seller gives back, and what becomes of their lots by it. */
export interface Taken {
  /** What it comes to on the seller's side; what of our commission goes back. */
  readonly settled: SettledPart;
  /** What lots that are not paid out yet give. */
  readonly fromDeferred: bigint;
  /** What was paid out already, and the seller now owes. */
  readonly fromReceivable: bigint;
  readonly lots: readonly LotChange[];
}

/**
 * Takes an amount back from the seller of a payment: their part out of the payment's lots, the commission from us. What
 * was paid out already makes a negative lot, which the next payout collects first.
 *
 * In: the payment before, its lots in the order in which they were made, minor units, and what causes it. The cause names
 * the negative lot, so that doing it again is the same.
 */
export function takeFromSeller(
  payment: Payment,
  lots: readonly Lot[],
  amount: bigint,
  { cause, reason }: { readonly cause: string; readonly reason: 'refund_after_payout' | 'dispute_after_payout' },
  now: Date,
): Taken {
  const settled = settledBetween(payment, takenBack(payment), amount);
  const reversals = takeBack(lots, settled.sellersPart);
  const sum = (of: (state: Lot['state']) => boolean) =>
    reversals.filter(({ state }) => of(state)).reduce((total, reversal) => total + reversal.amount, 0n);
  const fromReceivable = sum((state) => state === 'claimed');
  return {
    settled,
    fromDeferred: sum((state) => state !== 'claimed'),
    fromReceivable,
    lots: [
      ...reversals.map((reversal): LotChange => ({ kind: 'reverse', ...reversal })),
      ...owedLot(payment, deriveId('lot_', cause, 'shortfall'), fromReceivable, reason, now),
    ],
  };
}

/** A negative lot of what a seller owes; none of nothing. */
export function owedLot(
  payment: Payment,
  id: string,
  amount: bigint,
  reason: Lot['reason'],
  now: Date,
): readonly LotChange[] {
  if (amount === 0n) return [];
  const owed = { amount: -amount, remaining: -amount, releaseAt: now.toISOString(), reason };
  return [{ kind: 'open', lot: { ...newLot(payment, id, now), ...owed } }];
}

/** The members that every new lot of a payment has. */
export function newLot({ id: paymentId, sellerId, currency: paid, conversion }: Payment, id: string, now: Date) {
  const currency = conversion?.currency ?? paid;
  return { id, paymentId, sellerId, currency, state: 'held', createdAt: now.toISOString() } as const;
}
