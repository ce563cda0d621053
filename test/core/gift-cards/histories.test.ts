import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expireGiftCards } from '../../../core/gift-cards/expire-gift-cards.ts';
import { remainingOf } from '../../../core/gift-cards/gift-card.ts';
import { holdGiftCard } from '../../../core/gift-cards/hold-gift-card.ts';
import { redeemGiftCard } from '../../../core/gift-cards/redeem-gift-card.ts';
import { refundGiftCard } from '../../../core/gift-cards/refund-gift-card.ts';
import { releaseGiftCard } from '../../../core/gift-cards/release-gift-card.ts';
import type { GiftCardTransition } from '../../../core/gift-cards/transition.ts';
import { applyGiftCardChange, giftCardRules } from '../../../core/gift-cards/transition.ts';
import type { Posting } from '../../../core/ledger/posting.ts';
import { assertBalanced } from '../../../core/ledger/posting.ts';
import { backOff, cardId, daysLater, fakeGiftCardStore, issuedCard } from './fakes.ts';

/** A step as its caller sends it: few payments, captures and refunds, so that steps meet, repeat and contradict. */
type Call = { readonly day: number } & (
  | { readonly step: 'hold'; readonly payment: number; readonly amount: bigint }
  | {
      readonly step: 'redeem';
      readonly payment: number;
      readonly capture: number;
      readonly amount: bigint;
      readonly isFinal: boolean;
    }
  | { readonly step: 'release'; readonly payment: number }
  | { readonly step: 'refund'; readonly refund: number; readonly amount: bigint }
  | { readonly step: 'expire' }
);

const day = fc.nat({ max: 160 });
const amount = fc.bigInt({ min: 1n, max: 70n });
const few = fc.nat({ max: 4 });
const call: fc.Arbitrary<Call> = fc.oneof(
  fc.record({ step: fc.constant('hold' as const), day, payment: few, amount }),
  fc.record({ step: fc.constant('redeem' as const), day, payment: few, capture: few, amount, isFinal: fc.boolean() }),
  fc.record({ step: fc.constant('release' as const), day, payment: few }),
  fc.record({ step: fc.constant('refund' as const), day, refund: few, amount }),
  fc.record({ step: fc.constant('expire' as const), day }),
);
/** Mostly in the order of time, as life is; sometimes not, as queues are. */
const history = fc
  .tuple(fc.array(call, { maxLength: 25 }), fc.boolean())
  .map(([calls, isOrdered]) => (isOrdered ? calls.toSorted((one, other) => one.day - other.day) : calls));

type World = ReturnType<typeof fakeGiftCardStore>;

async function send({ store, issuer }: World, sent: Call): Promise<string> {
  const dependencies = { giftCards: store, backOff };
  const at = { giftCardId: cardId, now: daysLater(sent.day) };
  switch (sent.step) {
    case 'hold': {
      const request = { ...at, paymentId: `pay_${sent.payment}`, amount: sent.amount, currency: 'EUR' };
      return (await holdGiftCard(dependencies, request)).kind;
    }
    case 'redeem': {
      const { capture, isFinal } = sent;
      const request = { ...at, paymentId: `pay_${sent.payment}`, captureId: `cap_${capture}`, amount: sent.amount };
      return (await redeemGiftCard(dependencies, { ...request, isFinal })).kind;
    }
    case 'release':
      return (await releaseGiftCard(dependencies, { ...at, paymentId: `pay_${sent.payment}` })).kind;
    case 'refund': {
      const request = { ...at, refundId: `ref_${sent.refund}`, amount: sent.amount };
      return (await refundGiftCard(dependencies, { revivalDays: 90 }, request)).kind;
    }
    case 'expire': {
      const queue = { due: (shard: number) => Promise.resolve(shard === 0 ? [cardId] : []) };
      const giftCards = { ...issuer, record: (expiry: GiftCardTransition) => store.record(expiry) };
      return String(await expireGiftCards({ queue, giftCards }, at.now, () => true));
    }
  }
}

function netOf(postings: readonly Posting[], account: Posting['account']): bigint {
  return postings
    .filter((posting) => posting.account === account)
    .reduce((sum, { side, amount: moved }) => sum + (side === 'debit' ? moved : -moved), 0n);
}

/** Everything that must hold of a card, its holds, its transitions and its books, whatever happened. */
function expectSound(world: World, issued = issuedCard(100n)): void {
  const card = world.card();
  if (!card) throw new Error('The card is gone');
  const { balance, held, available, redeemed, lapsed } = card;
  for (const figure of [balance, held, available, redeemed, lapsed]) expect(figure >= 0n).toBe(true);
  expect(available + held).toBe(balance);
  expect(balance + redeemed + lapsed).toBe(card.amount);
  expect(world.holds().reduce((sum, hold) => sum + remainingOf(hold), 0n)).toBe(held);
  for (const hold of world.holds()) expect(hold.status === 'resolved').toBe(remainingOf(hold) === 0n);

  const transitions = world.transitions();
  expect(transitions.map(({ change }) => change.version)).toEqual(transitions.map((_, index) => index + 2));
  expect(transitions.reduce((state, { change }) => applyGiftCardChange(state, change), issued)).toEqual(card);

  const postings = transitions.flatMap((transition) => transition.postings);
  for (const transition of transitions) expect(() => assertBalanced(transition.postings)).not.toThrow();
  expect(netOf(postings, 'gift_card_hold')).toBe(held);
  // The issue's own posting was made before the history began.
  expect(card.amount + -netOf(postings, 'gift_card_liability')).toBe(balance);
  expect(-netOf(postings, 'order_escrow')).toBe(redeemed);
  expect(-netOf(postings, 'gift_card_breakage')).toBe(lapsed);
}

describe('any history of a gift card', () => {
  test('keeps card, holds, transitions and books in agreement, never below zero', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (calls) => {
        const world = fakeGiftCardStore(issuedCard(100n));
        for (const sent of calls) await send(world, sent);
        expectSound(world);
      }),
      { numRuns: 3000 },
    );
  });

  test('of calls that race keeps them in agreement too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(history, { maxLength: 4 }), async (crowds) => {
        const world = fakeGiftCardStore(issuedCard(100n));
        for (const calls of crowds) await Promise.all(calls.map((sent) => send(world, sent)));
        expectSound(world);
      }),
      { numRuns: 1000 },
    );
  });

  test('that is sent again, whole, changes nothing: every step is known by what caused it', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (calls) => {
        const world = fakeGiftCardStore(issuedCard(100n));
        const steps = calls.filter(({ step }) => step !== 'expire');
        const answers: string[] = [];
        for (const sent of steps) answers.push(await send(world, sent));
        const moved = ['held', 'redeemed', 'released', 'refunded'];
        const taken = steps.filter((_, index) => moved.includes(answers[index] ?? ''));
        const [before, count] = [world.card(), world.transitions().length];
        for (const sent of taken) await send(world, sent);
        expect([world.card(), world.transitions().length]).toEqual([before, count]);
      }),
      { numRuns: 1000 },
    );
  });
});

test('the table of transitions reaches every state, and has one answer for each state and step', () => {
  const reached = new Set<string>(['unissued']);
  for (let before = 0; before !== reached.size;) {
    before = reached.size;
    for (const rule of giftCardRules) if (reached.has(rule.from)) reached.add(rule.to);
  }
  expect([...reached].sort()).toEqual(['active', 'expired', 'unissued']);
  const keys = giftCardRules.map(({ from, step }) => `${from} ${step}`);
  expect(new Set(keys).size).toBe(keys.length);
});
