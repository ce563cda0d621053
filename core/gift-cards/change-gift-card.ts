import type { GiftCardHold, StepCause } from './gift-card.ts';
import { giftCardTransitionId } from './gift-card.ts';
import type { BackOff, GiftCardState, GiftCardStore } from './ports.ts';
import type { GiftCardTransition } from './transition.ts';

export interface GiftCardDependencies {
  readonly giftCards: GiftCardStore;
  readonly backOff: BackOff;
}

/** Thrown when others kept changing the card; whoever called tries again later, which finds the step if it was taken. */
export class GiftCardContended extends Error {
  override readonly name = giftCardContended;
}
export const giftCardContended = 'GiftCardContended';

/**
 * How often a step is tried. Fifty holds at once on one card send some five transactions each (decision record 0007):
 * whoever comes here is in a crowd that no gift card has.
 */
const mostTries = 25;

/** What a step decides on what it has read. */
export type Decision<Answer> =
  /** Nothing is to be written: a refusal, or a step that was taken before. */
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** To be written; `answer` is true once it is. */
  | {
      readonly kind: 'record';
      readonly transition: GiftCardTransition;
      readonly hold?: { readonly before: GiftCardHold | undefined; readonly after: GiftCardHold };
      readonly answer: Answer;
    }
  /** Another step comes first; then everything is read and decided anew. */
  | { readonly kind: 'recordFirst'; readonly transition: GiftCardTransition }
  /** The payment's hold is closed before it was opened. */
  | { readonly kind: 'closeHold'; readonly hold: GiftCardHold; readonly answer: Answer };

/**
 * Takes a step on a gift card: read, decide, write if everything is still as it was read; else again, a little later.
 * A step that was taken before finds its own transition among what is read. Throws GiftCardContended after many tries.
 *
 * What is read together need not be of one moment. Where something is written its conditions see to that; a refusal
 * is looked at again, for it may rest on what the same request, sent twice, did between one item and the next.
 */
export async function changeGiftCard<Answer>(
  { giftCards, backOff }: GiftCardDependencies,
  giftCardId: string,
  cause: StepCause,
  paymentId: string | undefined,
  decide: (state: GiftCardState) => Decision<Answer>,
): Promise<Answer> {
  const keys = { transitionId: giftCardTransitionId(giftCardId, cause), paymentId };
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
    const state = await giftCards.read(giftCardId, keys);
    const decision = decide(state);
    switch (decision.kind) {
      case 'answer':
        if (isWhole(state, paymentId)) return decision.answer;
        if (!cameMeanwhile(state, await giftCards.read(giftCardId, keys))) return decision.answer;
        break;
      case 'record':
        if ((await giftCards.record(decision.transition, decision.hold)) === 'recorded') return decision.answer;
        await backOff(attempt);
        break;
      case 'recordFirst':
        if ((await giftCards.record(decision.transition)) === 'changed') await backOff(attempt);
        break;
      case 'closeHold':
        if ((await giftCards.closeHold(decision.hold)) === 'closed') return decision.answer;
        await backOff(attempt);
        break;
    }
  }
  throw new GiftCardContended(`Gift card ${giftCardId} changed ${mostTries} times during ${cause.step}`);
}

/** Whether the step is known to have been taken, so that nothing it rests on can still come. */
function isWhole({ transition, hold }: GiftCardState, paymentId: string | undefined): boolean {
  return transition !== undefined && (hold !== undefined || paymentId === undefined);
}

/** Whether the step was taken, or its hold made, after the items were read on which it was refused. */
function cameMeanwhile(before: GiftCardState, after: GiftCardState): boolean {
  const came = (item: 'transition' | 'hold') => before[item] === undefined && after[item] !== undefined;
  return came('transition') || came('hold');
}
