import type { Model } from './checker.ts';

/** A gift card that does not expire, one call at a time. Written from the API's description, not from the code it checks. */
export interface GiftCardState {
  readonly available: number;
  readonly redeemed: number;
  readonly holds: Readonly<Record<string, Hold>>;
  /** What captures and refunds were told: the same again is told the same. */
  readonly told: Readonly<Record<string, { readonly asked: string; readonly answer: GiftCardAnswer }>>;
}

interface Hold {
  readonly amount: number;
  readonly redeemed: number;
  readonly released: number;
}

export type GiftCardCall =
  | { readonly step: 'hold'; readonly payment: string; readonly amount: number }
  | {
      readonly step: 'redeem';
      readonly payment: string;
      readonly capture: string;
      readonly amount: number;
      readonly isFinal: boolean;
    }
  | { readonly step: 'release'; readonly payment: string }
  | { readonly step: 'refund'; readonly refund: string; readonly amount: number }
  | { readonly step: 'read' };

/** The kind of an answer, and the numbers in it. */
export type GiftCardAnswer = readonly [kind: string, ...numbers: number[]];

interface Told {
  readonly state: GiftCardState;
  readonly answer: GiftCardAnswer;
}

/** A card with so much on it. */
export function giftCardModel(amount: number): Model<GiftCardState, GiftCardCall, GiftCardAnswer> {
  return {
    initial: { available: amount, redeemed: 0, holds: {}, told: {} },
    step: (state, call) => {
      switch (call.step) {
        case 'hold':
          return hold(state, call);
        case 'redeem':
          return once(state, call.capture, call, (current) => redeem(current, call));
        case 'release':
          return release(state, call.payment);
        case 'refund':
          return once(state, call.refund, call, (current) => refund(current, call.amount));
        case 'read': {
          const held = Object.values(state.holds).reduce((sum, each) => sum + leftOf(each), 0);
          return { state, answer: ['shown', state.available, held, state.redeemed] };
        }
      }
    },
  };
}

const leftOf = ({ amount, redeemed, released }: Hold) => amount - redeemed - released;

function hold(state: GiftCardState, { payment, amount }: Extract<GiftCardCall, { step: 'hold' }>): Told {
  const before = state.holds[payment];
  if (before) {
    if (leftOf(before) === 0) return { state, answer: ['holdResolved', before.redeemed, before.released] };
    return { state, answer: before.amount === amount ? ['held', amount] : ['amountDiffers', before.amount] };
  }
  if (state.available < amount) return { state, answer: ['insufficient', amount, state.available] };
  const holds = withMember(state.holds, payment, { amount, redeemed: 0, released: 0 });
  return { state: { ...state, available: state.available - amount, holds }, answer: ['held', amount] };
}

function redeem(state: GiftCardState, call: Extract<GiftCardCall, { step: 'redeem' }>): Told {
  const before = state.holds[call.payment];
  if (!before) return { state, answer: ['notHeld'] };
  const left = leftOf(before);
  if (left === 0) return { state, answer: ['holdResolved', before.redeemed, before.released] };
  if (left < call.amount) return { state, answer: ['exceedsHold', call.amount, left] };
  const released = call.isFinal ? left - call.amount : 0;
  const after = { ...before, redeemed: before.redeemed + call.amount, released: before.released + released };
  return {
    state: {
      ...state,
      available: state.available + released,
      redeemed: state.redeemed + call.amount,
      holds: withMember(state.holds, call.payment, after),
    },
    answer: ['redeemed', call.amount, released],
  };
}

function release(state: GiftCardState, payment: string): Told {
  const before = state.holds[payment] ?? { amount: 0, redeemed: 0, released: 0 };
  const left = leftOf(before);
  if (left === 0 && state.holds[payment]) return { state, answer: ['released', before.released] };
  const after = { ...before, released: before.released + left };
  return {
    state: { ...state, available: state.available + left, holds: withMember(state.holds, payment, after) },
    answer: ['released', after.released],
  };
}

function refund(state: GiftCardState, amount: number): Told {
  if (state.redeemed < amount) return { state, answer: ['exceedsRedeemed', amount, state.redeemed] };
  return {
    state: { ...state, available: state.available + amount, redeemed: state.redeemed - amount },
    answer: ['refunded', amount],
  };
}

/** What was done under an id is answered again; what was refused may be asked again. */
function once(state: GiftCardState, id: string, call: GiftCardCall, work: (state: GiftCardState) => Told): Told {
  const asked = JSON.stringify(call);
  const before = state.told[id];
  if (before) {
    const differs = call.step === 'redeem' ? 'captureDiffers' : 'amountDiffers';
    return { state, answer: before.asked === asked ? before.answer : [differs, before.answer[1] ?? 0] };
  }
  const told = work(state);
  if (told.state === state) return told;
  return { ...told, state: { ...told.state, told: withMember(state.told, id, { asked, answer: told.answer }) } };
}

/** Members in the order of their names, so that the same facts are the same state whatever came first. */
function withMember<T>(record: Readonly<Record<string, T>>, name: string, member: T): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries({ ...record, [name]: member }).toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}
