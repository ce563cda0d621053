import type { Model } from './checker.ts';

/**
 * A payment and the lot of its captures, one call at a time. Capturing, voiding and refunding are two steps each, as
 * the API promises no less: an amount is taken out of what is left at once, and moves when the acquirer has said yes.
 * Both happen between the request and its answer. Written from the API's description, not from the code it checks.
 */
export interface PaymentState {
  readonly capturable: number;
  readonly refundable: number;
  readonly captured: number;
  readonly refunded: number;
  readonly underWay: readonly Taken[];
  /** What the captures' lots still hold for the seller, and what a payout has claimed of them. */
  readonly lots: { readonly remaining: number; readonly claimed: boolean };
}

interface Taken {
  readonly id: string;
  readonly kind: Kind;
  readonly amount: number;
}

type Kind = 'capture' | 'void' | 'refund';

export type PaymentCall =
  | {
      readonly step: 'take';
      readonly id: string;
      readonly kind: Kind;
      readonly amount: number | 'all';
      readonly isFinal: boolean;
    }
  | { readonly step: 'move'; readonly id: string }
  | { readonly step: 'claimLot' }
  | { readonly step: 'read' };

export interface Amounts {
  readonly status: string;
  readonly captured: number;
  readonly refunded: number;
}

export type PaymentAnswer =
  | { readonly kind: 'taken' }
  | { readonly kind: 'notPossible'; readonly status: string }
  | { readonly kind: 'amountExceeds'; readonly asked: number; readonly left: number }
  | { readonly kind: 'captureUnderWay' }
  | ({ readonly kind: 'moved'; readonly owed: number } & Amounts)
  | ({ readonly kind: 'shown'; readonly capturable: number; readonly refundable: number } & Amounts)
  /** What a payout got of the lot; nothing when it was claimed before. */
  | { readonly kind: 'claimed'; readonly paidOut: number }
  | { readonly kind: 'nothing' };

interface Told {
  readonly state: PaymentState;
  readonly answer: PaymentAnswer;
}

/** A payment on which so much is authorized and nothing captured. */
export function paymentModel(authorized: number): Model<PaymentState, PaymentCall, PaymentAnswer> {
  return {
    initial: {
      capturable: authorized,
      refundable: 0,
      captured: 0,
      refunded: 0,
      underWay: [],
      lots: { remaining: 0, claimed: false },
    },
    step: (state, call) => {
      switch (call.step) {
        case 'take':
          return take(state, call);
        case 'move':
          return move(state, call.id);
        case 'claimLot':
          return claimLot(state);
        case 'read': {
          const { capturable, refundable } = state;
          return { state, answer: { kind: 'shown', capturable, refundable, ...amountsOf(state) } };
        }
      }
    },
  };
}

function take(state: PaymentState, call: Extract<PaymentCall, { step: 'take' }>): Told {
  const { kind, id } = call;
  const { status } = amountsOf(state);
  const left = kind === 'refund' ? state.refundable : state.capturable;
  const amount = call.amount === 'all' ? left : call.amount;
  const isOpen = (kind === 'refund' ? refundableStatuses : capturableStatuses).includes(status);
  if (!isOpen || (call.amount === 'all' && left === 0)) return { state, answer: { kind: 'notPossible', status } };
  if (amount > left) return { state, answer: { kind: 'amountExceeds', asked: amount, left } };
  const takesAll = kind === 'void' || (kind === 'capture' && call.isFinal);
  // What closes the authorization waits for what is still being taken out of it.
  if (takesAll && state.underWay.some((each) => each.kind === 'capture')) {
    return { state, answer: { kind: 'captureUnderWay' } };
  }
  // In the order of their ids, so that the same movements under way are the same state whoever came first.
  const underWay = [...state.underWay, { id, kind, amount }].toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const taken = takesAll ? left : amount;
  return {
    state:
      kind === 'refund'
        ? { ...state, underWay, refundable: state.refundable - taken }
        : { ...state, underWay, capturable: state.capturable - taken },
    answer: { kind: 'taken' },
  };
}

function move(state: PaymentState, id: string): Told {
  const taken = state.underWay.find((each) => each.id === id);
  if (!taken) return { state, answer: { kind: 'nothing' } };
  const underWay = state.underWay.filter((each) => each !== taken);
  const { after, owed } = moved({ ...state, underWay }, taken);
  return { state: after, answer: { kind: 'moved', owed, ...amountsOf(after) } };
}

function moved(state: PaymentState, { kind, amount }: Taken) {
  const { captured, refunded, refundable, lots } = state;
  switch (kind) {
    case 'capture': {
      const after = { ...state, captured: captured + amount, refundable: refundable + amount };
      return { after: { ...after, lots: { ...lots, remaining: lots.remaining + amount } }, owed: 0 };
    }
    case 'refund': {
      const after = { ...state, refunded: refunded + amount };
      // What was paid out already is owed by the seller.
      const owed = lots.claimed ? amount : 0;
      return { after: { ...after, lots: { ...lots, remaining: lots.remaining - amount } }, owed };
    }
    case 'void':
      return { after: state, owed: 0 };
  }
}

function claimLot(state: PaymentState): Told {
  const { remaining, claimed } = state.lots;
  if (claimed || remaining === 0) return { state, answer: { kind: 'claimed', paidOut: 0 } };
  return {
    state: { ...state, lots: { remaining, claimed: true } },
    answer: { kind: 'claimed', paidOut: remaining },
  };
}

const capturableStatuses: readonly string[] = ['authorized', 'partially_captured', 'partially_refunded'];
const refundableStatuses: readonly string[] = ['partially_captured', 'captured', 'partially_refunded'];

function amountsOf({ captured, refunded, capturable, underWay }: PaymentState): Amounts {
  const isOver = capturable === 0 && underWay.every(({ kind }) => kind === 'refund');
  return { status: statusOf(isOver, captured, refunded), captured, refunded };
}

function statusOf(isOver: boolean, captured: number, refunded: number): string {
  if (captured === 0) return isOver ? 'voided' : 'authorized';
  if (refunded === 0) return isOver ? 'captured' : 'partially_captured';
  return isOver && refunded === captured ? 'refunded' : 'partially_refunded';
}
