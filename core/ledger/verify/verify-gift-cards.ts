import type { GiftCard } from '../../gift-cards/gift-card.ts';
import type { GiftCardChange, GiftCardTransition } from '../../gift-cards/transition.ts';
import type { Books, Finding } from './books.ts';
import { finding, unless } from './books.ts';

type Remainders = Pick<GiftCardChange, 'balance' | 'held' | 'available' | 'redeemed' | 'lapsed'>;

/** Each gift card's steps follow on one another without a gap, never below zero, and have made the card what it is. */
export function* verifyGiftCards({ giftCards, giftCardTransitions }: Books): Generator<Finding> {
  const byId = new Map(giftCards.map((card) => [card.id, card]));
  const transitions = Map.groupBy(giftCardTransitions, ({ giftCardId }) => giftCardId);
  for (const id of new Set([...byId.keys(), ...transitions.keys()])) {
    const card = byId.get(id);
    const history = (transitions.get(id) ?? []).toSorted((one, other) => one.change.version - other.change.version);
    yield* verifyHistory(history, card?.amount);
    if (card) yield* verifyCard(card, history);
    else yield finding(id, 'a gift card for its transitions', 'none');
  }
}

function* verifyHistory(history: readonly GiftCardTransition[], amount: bigint | undefined): Generator<Finding> {
  let before: { readonly to: string; readonly version: number } & Remainders = {
    ...{ to: 'unissued', version: 0 },
    ...{ balance: 0n, held: 0n, available: 0n, redeemed: 0n, lapsed: 0n },
  };
  for (const transition of history) {
    const id = `${transition.giftCardId}/${transition.id}`;
    const { from, to, change } = transition;
    yield* unless(id, 'to start from', before.to, from);
    yield* unless(id, 'the version', before.version + 1, change.version);
    yield* unless(id, 'the change to', to, change.status);
    yield* unless(id, 'remainders of', remaindersAfter(before, transition), remaindersOf(change));
    yield* verifySums(id, change, amount);
    before = { to, ...change };
  }
}

/** What a step leaves of what was there. */
function remaindersAfter(before: Remainders, { step, movement }: GiftCardTransition): Remainders {
  const { credited, held, redeemed, released, lapsed } = movement;
  return {
    balance: before.balance + credited - redeemed - lapsed,
    held: before.held + held - redeemed - released,
    available: before.available + credited - held + released - lapsed,
    redeemed: before.redeemed + redeemed - (step === 'refund' ? credited : 0n),
    lapsed: before.lapsed + lapsed,
  };
}

function remaindersOf({ balance, held, available, redeemed, lapsed }: Remainders): Remainders {
  return { balance, held, available, redeemed, lapsed };
}

function* verifySums(id: string, remainders: Remainders, amount: bigint | undefined): Generator<Finding> {
  const { balance, held, available, redeemed, lapsed } = remainders;
  if ([balance, held, available, redeemed, lapsed].some((each) => each < 0n)) {
    yield finding(id, 'nothing below zero', remaindersOf(remainders));
  }
  yield* unless(id, 'held and available of', balance, held + available);
  if (amount !== undefined) {
    yield* unless(id, 'a balance with what was redeemed and lapsed of', amount, balance + redeemed + lapsed);
  }
}

function* verifyCard(card: GiftCard, history: readonly GiftCardTransition[]): Generator<Finding> {
  const last = history.at(-1)?.change;
  if (!last) {
    yield finding(card.id, 'the transition that issued it', 'none');
    return;
  }
  const { balance, held, available, redeemed, lapsed, expiresAt, status, version, updatedAt } = card;
  const now = { balance, held, available, redeemed, lapsed, expiresAt, status, version, updatedAt };
  yield* unless(card.id, 'what its last transition made of it,', last, now);
}
