/**
 * A seller's money of one capture (decision 4). A lot waits until it is released, and a payout claims it whole. What
 * is taken back of it, before or after, lowers `remaining`; a lot whose money has already been claimed is made good by
 * a negative lot, which the next payout collects first.
 */
export interface Lot {
  readonly id: string;
  readonly sellerId: string;
  readonly paymentId: string;
  readonly currency: string;
  /** What the capture or the shortfall came to, minor units; negative where the seller owes it. */
  readonly amount: bigint;
  /** What is left of a positive `amount` after refunds and disputes; equals `amount` for a negative lot. */
  readonly remaining: bigint;
  readonly state: LotState;
  /** When it may be paid out, RFC 3339 UTC. */
  readonly releaseAt: string;
  readonly reason: LotReason;
  readonly createdAt: string;
}

/** Why there is a lot; all but the first come from what happened to a capture later. */
export const lotReasons = [
  'capture',
  'refund_after_payout',
  'dispute_after_payout',
  'dispute_fee',
  'dispute_won',
  'dispute_fee_returned',
] as const;
type LotReason = (typeof lotReasons)[number];

/** `held` until its release; `claimed` by a payout. */
export type LotState = 'held' | 'released' | 'claimed';

/** What a transition does to lots, in the same transaction. */
export type LotChange =
  | { readonly kind: 'open'; readonly lot: Lot }
  /** Lowers `remaining`, on the condition that as much remains and that the lot is in this state still. */
  | { readonly kind: 'reverse'; readonly lotId: string; readonly amount: bigint; readonly state: LotState };

export interface Reversal {
  readonly lotId: string;
  readonly state: LotState;
  readonly amount: bigint;
}

/**
 * From which lots an amount is taken back: the youngest first, because the older are nearer to being paid out and so
 * nearer to being lost. In: the payment's lots in the order of their captures, and minor units. Throws when the lots
 * do not hold that much: postings and lots would disagree for ever.
 */
export function takeBack(lots: readonly Lot[], amount: bigint): readonly Reversal[] {
  const reversals: Reversal[] = [];
  let left = amount;
  for (const lot of lots.toReversed()) {
    if (left === 0n) break;
    const taken = lot.remaining < left ? lot.remaining : left;
    if (taken <= 0n) continue;
    reversals.push({ lotId: lot.id, state: lot.state, amount: taken });
    left -= taken;
  }
  if (left > 0n) throw new Error(`The lots are ${left.toString()} short of ${amount.toString()}`);
  return reversals;
}
