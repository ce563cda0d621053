import type { GiftCardMovement } from '../ledger/gift-card-postings.ts';
import { giftCardPostings } from '../ledger/gift-card-postings.ts';
import type { Posting } from '../ledger/posting.ts';
import { assertBalanced } from '../ledger/posting.ts';
import type { GiftCard, GiftCardStatus, StepCause } from './gift-card.ts';
import { causeOf, giftCardTransitionId } from './gift-card.ts';

export type GiftCardStep = StepCause['step'];

interface Rule {
  readonly step: GiftCardStep;
  readonly from: GiftCardStatus | 'unissued';
  readonly to: GiftCardStatus;
  readonly event: GiftCardEventType;
}

export type GiftCardEventType =
  | 'gift_card.issued'
  | 'gift_card.held'
  | 'gift_card.redeemed'
  | 'gift_card.released'
  | 'gift_card.refunded'
  | 'gift_card.expired';

/**
 * Every transition that exists; what is not here is refused. A hold made in time is redeemed and released after expiry
 * as before it; what is released then is left to expire again; a refund revives the card.
 */
export const giftCardRules: readonly Rule[] = [
  { step: 'issue', from: 'unissued', to: 'active', event: 'gift_card.issued' },
  { step: 'hold', from: 'active', to: 'active', event: 'gift_card.held' },
  { step: 'redeem', from: 'active', to: 'active', event: 'gift_card.redeemed' },
  { step: 'redeem', from: 'expired', to: 'expired', event: 'gift_card.redeemed' },
  { step: 'release', from: 'active', to: 'active', event: 'gift_card.released' },
  { step: 'release', from: 'expired', to: 'expired', event: 'gift_card.released' },
  { step: 'refund', from: 'active', to: 'active', event: 'gift_card.refunded' },
  { step: 'refund', from: 'expired', to: 'active', event: 'gift_card.refunded' },
  { step: 'expire', from: 'active', to: 'expired', event: 'gift_card.expired' },
  { step: 'expire', from: 'expired', to: 'expired', event: 'gift_card.expired' },
];

/** The card's fields that a transition sets, as they are after it; all others stay. */
export type GiftCardChange = Pick<
  GiftCard,
  'balance' | 'held' | 'available' | 'redeemed' | 'lapsed' | 'expiresAt' | 'status' | 'version' | 'updatedAt'
>;

/** An immutable record of what happened, written in one transaction with the change it describes. */
export interface GiftCardTransition {
  readonly id: string;
  readonly giftCardId: string;
  readonly step: GiftCardStep;
  readonly from: Rule['from'];
  readonly to: GiftCardStatus;
  readonly cause: string;
  readonly event: GiftCardEventType;
  readonly occurredAt: string;
  readonly currency: string;
  readonly movement: GiftCardMovement;
  readonly postings: readonly Posting[];
  readonly change: GiftCardChange;
  /** The payment whose hold it is, where the step is about one. */
  readonly paymentId?: string;
  /** Whether a redemption was said to be the last of its hold. */
  readonly isFinal?: boolean;
}

export const nothingMoved: GiftCardMovement = { credited: 0n, held: 0n, redeemed: 0n, released: 0n, lapsed: 0n };

/**
 * The transition that a step makes of a card. In: the card as it stands, what caused the step, what it moves, and what
 * else it sets. Throws when no rule leads there or a remainder would fall below zero: callers refuse such steps by name
 * before they come here.
 */
export function giftCardTransition(
  card: GiftCard,
  cause: StepCause,
  movement: Partial<GiftCardMovement>,
  now: Date,
  details: Pick<GiftCardTransition, 'paymentId' | 'isFinal'> & { readonly expiresAt?: string } = {},
): GiftCardTransition {
  const { expiresAt = card.expiresAt, ...others } = details;
  const moved = { ...nothingMoved, ...movement };
  const from = cause.step === 'issue' ? 'unissued' : card.status;
  const rule = giftCardRules.find((each) => each.step === cause.step && each.from === from);
  if (!rule) throw new Error(`A gift card that is ${from} has no step ${cause.step}`);
  const postings = giftCardPostings(
    moved,
    cause.step === 'issue' ? 'gift_card_receivable' : 'order_escrow',
    card.currency,
  );
  assertBalanced(postings);
  return {
    id: giftCardTransitionId(card.id, cause),
    giftCardId: card.id,
    step: cause.step,
    from,
    to: rule.to,
    cause: causeOf(cause),
    event: rule.event,
    occurredAt: now.toISOString(),
    currency: card.currency,
    movement: moved,
    postings,
    change: {
      ...remaindersAfter(card, moved, cause.step),
      status: rule.to,
      expiresAt,
      version: card.version + 1,
      updatedAt: now.toISOString(),
    },
    ...others,
  };
}

/** The card after a transition. */
export function applyGiftCardChange(card: GiftCard, change: GiftCardChange): GiftCard {
  return { ...card, ...change };
}

type Remainders = Pick<GiftCard, 'balance' | 'held' | 'available' | 'redeemed' | 'lapsed'>;

function remaindersAfter(card: GiftCard, moved: GiftCardMovement, step: GiftCardStep): Remainders {
  const after = {
    balance: card.balance + moved.credited - moved.redeemed - moved.lapsed,
    held: card.held + moved.held - moved.redeemed - moved.released,
    available: card.available + moved.credited - moved.held + moved.released - moved.lapsed,
    redeemed: card.redeemed + moved.redeemed - (step === 'refund' ? moved.credited : 0n),
    lapsed: card.lapsed + moved.lapsed,
  };
  assertSound(card, after);
  return after;
}

/** A broken invariant throws: better no write than one that no history can explain. */
function assertSound({ id, amount }: GiftCard, after: Remainders): void {
  const { balance, held, available, redeemed, lapsed } = after;
  const isSound =
    [balance, held, available, redeemed, lapsed].every((remainder) => remainder >= 0n) &&
    available + held === balance &&
    balance + redeemed + lapsed === amount;
  if (isSound) return;
  const figures = Object.entries(after).map(([name, figure]) => `${name} ${figure.toString()}`);
  throw new Error(`Gift card ${id} of ${amount.toString()} would not add up: ${figures.join(', ')}`);
}
