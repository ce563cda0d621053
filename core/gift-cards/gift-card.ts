import { deriveId } from '../ids.ts';

/** `expired` is what the daily pass has written; from `expiresAt` on an active card is as good as expired. */
export type GiftCardStatus = 'active' | 'expired';

/** A gift card as it stands. Times are RFC 3339 UTC with milliseconds; amounts are minor units of `currency`. */
export interface GiftCard {
  /** `gc_` and 26 characters. */
  readonly id: string;
  /** Who issued it; spending it takes the code, whoever has it. */
  readonly ownerId: string;
  /** The hash of the issuing request: the same Idempotency-Key with another request is refused. */
  readonly requestHash: string;
  /** Which API request issued it, so that a write whose answer was lost knows itself again. */
  readonly issuedBy: string;
  /** What it was issued with: at all times balance + redeemed + lapsed. */
  readonly amount: bigint;
  readonly currency: string;
  /** What is still on it, held or not. */
  readonly balance: bigint;
  /** What payments have reserved of the balance. */
  readonly held: bigint;
  /** balance - held. It is kept because DynamoDB's conditions cannot subtract. */
  readonly available: bigint;
  /** What was redeemed, less what was refunded: the most that a refund may put back. */
  readonly redeemed: bigint;
  /** What expired with the card. */
  readonly lapsed: bigint;
  readonly expiresAt: string;
  readonly status: GiftCardStatus;
  /** The version of the key that its code was made with. */
  readonly codeKeyVersion: number;
  /** Until when a repetition of the issuing request shows the code again. */
  readonly codeShownUntil: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
}

/** What one payment reserved on one gift card: an item of its own, resolved once. */
export interface GiftCardHold {
  readonly id: string;
  readonly giftCardId: string;
  readonly paymentId: string;
  /** What was reserved: at all times redeemed + released + what is left of it. */
  readonly amount: bigint;
  readonly redeemed: bigint;
  readonly released: bigint;
  /** `resolved` when nothing of it is left; it never becomes `held` again. */
  readonly status: 'held' | 'resolved';
  readonly createdAt: string;
}

/** What is left of a hold. */
export function remainingOf({ amount, redeemed, released }: GiftCardHold): bigint {
  return amount - redeemed - released;
}

/** Whether nothing may be held on the card any more. */
export function isExpired({ status, expiresAt }: GiftCard, now: Date): boolean {
  return status === 'expired' || expiresAt <= now.toISOString();
}

/** A payment has one hold on a gift card, for ever. */
export function giftCardHoldId(giftCardId: string, paymentId: string): string {
  return deriveId('gch_', giftCardId, paymentId);
}

/** What makes a step the same step: its kind and whatever caused it. The same cause finds its own transition again. */
export type StepCause =
  | { readonly step: 'issue' }
  | { readonly step: 'hold' | 'release'; readonly paymentId: string }
  | { readonly step: 'redeem'; readonly captureId: string }
  | { readonly step: 'refund'; readonly refundId: string }
  /** A card may expire again, after a refund or with a hold that was released late; the version tells them apart. */
  | { readonly step: 'expire'; readonly version: number };

/** The id of a gift card's transition, derived from what caused it. */
export function giftCardTransitionId(giftCardId: string, cause: StepCause): string {
  return deriveId('gct_', giftCardId, cause.step, causeOf(cause));
}

/** What caused a step, in a word: the id of a payment, capture or refund where there is one. */
export function causeOf(cause: StepCause): string {
  switch (cause.step) {
    case 'issue':
      return 'request';
    case 'hold':
    case 'release':
      return cause.paymentId;
    case 'redeem':
      return cause.captureId;
    case 'refund':
      return cause.refundId;
    case 'expire':
      return `validity ended at version ${cause.version}`;
  }
}
