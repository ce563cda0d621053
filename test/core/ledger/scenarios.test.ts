import { expect, test } from '@jest/globals';
import { expireGiftCards } from '../../../core/gift-cards/expire-gift-cards.ts';
import { holdGiftCard } from '../../../core/gift-cards/hold-gift-card.ts';
import { redeemGiftCard } from '../../../core/gift-cards/redeem-gift-card.ts';
import { refundGiftCard } from '../../../core/gift-cards/refund-gift-card.ts';
import { releaseGiftCard } from '../../../core/gift-cards/release-gift-card.ts';
import type { GiftCardTransition } from '../../../core/gift-cards/transition.ts';
import { giftCardTransition } from '../../../core/gift-cards/transition.ts';
import { authorizationPostings } from '../../../core/ledger/payment-postings.ts';
import type { Posting } from '../../../core/ledger/posting.ts';
import { finishMovements } from '../../../core/payments/movements/finish-movements.ts';
import { movePayment } from '../../../core/payments/movements/move-payment.ts';
import { backOff, cardId, daysLater, fakeGiftCardStore, issuedCard, start } from '../gift-cards/fakes.ts';
import { noGiftCards, platform } from '../payments/fakes.ts';
import { authorizedPayment, fakeAcquirer, fakeMovementStore } from '../payments/movements/fake-movements.ts';

/**
 * What each step of a payment and of a gift card puts into the books, for a bookkeeper to read. The terms are those of
 * the examples: the acquirer keeps 3 % of each capture, we keep 15 % of each sale. Amounts are euros.
 */
interface Scenario {
  /** What happens; the books show what the last step puts into them. */
  readonly story: readonly string[];
  readonly books: readonly Line[];
}
type Line = readonly [side: 'debit' | 'credit', account: string, amount: string];

const scenarios: readonly Scenario[] = [
  {
    story: ['authorize 100.00'],
    books: [
      ['debit', 'auth_hold', '100.00'],
      ['credit', 'auth_hold_contra', '100.00'],
    ],
  },
  {
    story: ['authorize 100.00', 'capture 100.00'],
    books: [
      ['debit', 'auth_hold_contra', '100.00'],
      ['credit', 'auth_hold', '100.00'],
      ['debit', 'processor_clearing', '97.00'],
      ['debit', 'processing_fee', '3.00'],
      ['credit', 'commission', '15.00'],
      ['credit', 'seller_deferred', '85.00'],
    ],
  },
  {
    story: ['authorize 100.00', 'capture 40.00'],
    books: [
      ['debit', 'auth_hold_contra', '40.00'],
      ['credit', 'auth_hold', '40.00'],
      ['debit', 'processor_clearing', '38.80'],
      ['debit', 'processing_fee', '1.20'],
      ['credit', 'commission', '6.00'],
      ['credit', 'seller_deferred', '34.00'],
    ],
  },
  {
    // The whole hold is over, though only a part of it was captured.
    story: ['authorize 100.00', 'capture 40.00, the last one'],
    books: [
      ['debit', 'auth_hold_contra', '100.00'],
      ['credit', 'auth_hold', '100.00'],
      ['debit', 'processor_clearing', '38.80'],
      ['debit', 'processing_fee', '1.20'],
      ['credit', 'commission', '6.00'],
      ['credit', 'seller_deferred', '34.00'],
    ],
  },
  {
    // 15 % of 10.01 is 1.50, of which the two parts before took 1.00: no cent is won or lost by parts.
    story: ['authorize 10.01', 'capture 3.33', 'capture 3.33', 'capture 3.35'],
    books: [
      ['debit', 'auth_hold_contra', '3.35'],
      ['credit', 'auth_hold', '3.35'],
      ['debit', 'processor_clearing', '3.25'],
      ['debit', 'processing_fee', '0.10'],
      ['credit', 'commission', '0.50'],
      ['credit', 'seller_deferred', '2.85'],
    ],
  },
  {
    story: ['authorize 100.00', 'void'],
    books: [
      ['debit', 'auth_hold_contra', '100.00'],
      ['credit', 'auth_hold', '100.00'],
    ],
  },
  {
    story: ['authorize 100.00', 'capture 40.00', 'void'],
    books: [
      ['debit', 'auth_hold_contra', '60.00'],
      ['credit', 'auth_hold', '60.00'],
    ],
  },
  {
    story: ['authorize 100.00', 'a week passes'],
    books: [
      ['debit', 'auth_hold_contra', '100.00'],
      ['credit', 'auth_hold', '100.00'],
    ],
  },
  {
    // The acquirer keeps its fee; the commission goes back in proportion.
    story: ['authorize 100.00', 'capture 100.00', 'refund 40.00'],
    books: [
      ['debit', 'seller_deferred', '34.00'],
      ['debit', 'commission', '6.00'],
      ['credit', 'processor_clearing', '40.00'],
    ],
  },
  {
    story: ['authorize 100.00', 'capture 100.00', 'the seller is paid out', 'refund 40.00'],
    books: [
      ['debit', 'seller_receivable', '34.00'],
      ['debit', 'commission', '6.00'],
      ['credit', 'processor_clearing', '40.00'],
    ],
  },
  {
    // 50.00 were captured and paid out, 50.00 captured since: the younger lot gives first, the seller owes the rest.
    story: ['authorize 100.00', 'capture 50.00', 'the seller is paid out', 'capture 50.00', 'refund 80.00'],
    books: [
      ['debit', 'seller_deferred', '42.50'],
      ['debit', 'seller_receivable', '25.50'],
      ['debit', 'commission', '12.00'],
      ['credit', 'processor_clearing', '80.00'],
    ],
  },
  {
    story: ['sell a gift card of 100.00'],
    books: [
      ['debit', 'processor_clearing', '100.00'],
      ['credit', 'gift_card_liability', '100.00'],
    ],
  },
  {
    story: ['sell a gift card of 100.00', 'hold 60.00 of the card'],
    books: [
      ['debit', 'gift_card_hold', '60.00'],
      ['credit', 'gift_card_hold_contra', '60.00'],
    ],
  },
  {
    story: ['sell a gift card of 100.00', 'hold 60.00 of the card', 'redeem 60.00'],
    books: [
      ['debit', 'gift_card_hold_contra', '60.00'],
      ['credit', 'gift_card_hold', '60.00'],
      ['debit', 'gift_card_liability', '60.00'],
      ['credit', 'order_escrow', '60.00'],
    ],
  },
  {
    // The hold is over: 20.00 are spent, and 40.00 can be spent again.
    story: ['sell a gift card of 100.00', 'hold 60.00 of the card', 'redeem 20.00, the last one'],
    books: [
      ['debit', 'gift_card_hold_contra', '60.00'],
      ['credit', 'gift_card_hold', '60.00'],
      ['debit', 'gift_card_liability', '20.00'],
      ['credit', 'order_escrow', '20.00'],
    ],
  },
  {
    story: ['sell a gift card of 100.00', 'hold 60.00 of the card', 'release'],
    books: [
      ['debit', 'gift_card_hold_contra', '60.00'],
      ['credit', 'gift_card_hold', '60.00'],
    ],
  },
  {
    story: ['sell a gift card of 100.00', 'hold 60.00 of the card', 'redeem 60.00', 'refund 10.00 to the card'],
    books: [
      ['debit', 'order_escrow', '10.00'],
      ['credit', 'gift_card_liability', '10.00'],
    ],
  },
  {
    // What a payment holds does not lapse.
    story: ['sell a gift card of 100.00', 'hold 60.00 of the card', 'the card expires'],
    books: [
      ['debit', 'gift_card_liability', '40.00'],
      ['credit', 'gift_card_breakage', '40.00'],
    ],
  },
];

test.each(scenarios.map(({ story, books }) => [story.join('; '), story, books] as const))(
  '%s',
  async (_name, story, books) => {
    expect(await booksAfter(story)).toEqual(books);
  },
);

async function booksAfter(story: readonly string[]): Promise<readonly Line[]> {
  const world = story[0]?.startsWith('authorize') === true ? givenPayment(story[0]) : givenGiftCard();
  for (const [index, step] of story.slice(1).entries()) await world.take(step, index);
  return linesOf(world.lastPostings());
}

/** `100.00` in a step, as minor units. */
function amountIn(step: string): bigint {
  const [, units = '', cents = ''] = /(\d+)\.(\d\d)/u.exec(step) ?? [];
  return BigInt(units + cents);
}

function givenPayment(authorization: string) {
  const amount = amountIn(authorization);
  const world = fakeMovementStore();
  const payment = authorizedPayment(amount, start);
  world.payments.set(payment.id, payment);
  const dependencies = { store: world.movements, acquirer: fakeAcquirer(amount).acquirer, giftCards: noGiftCards };
  const move = async (kind: 'capture' | 'refund' | 'void', step: string, index: number) => {
    const asked = kind === 'void' ? {} : { amount: amountIn(step) };
    const request = { ...asked, isFinal: step.endsWith('the last one'), idempotencyKey: String(index) };
    const named = { ...request, principal: platform, paymentId: payment.id, kind, requestId: String(index) };
    expect(await movePayment(dependencies, named, start)).toMatchObject({ movement: { state: 'succeeded' } });
  };
  return {
    take: async (step: string, index: number): Promise<void> => {
      if (step === 'the seller is paid out') {
        for (const [id, lot] of world.lots) world.lots.set(id, { ...lot, state: 'claimed' });
      } else if (step === 'a week passes') await finishMovements(dependencies, payment.id, daysLater(8));
      else if (step.startsWith('capture')) await move('capture', step, index);
      else if (step.startsWith('refund')) await move('refund', step, index);
      else if (step === 'void') await move('void', step, index);
      else throw new Error(`Nobody knows how to ${step}`);
    },
    lastPostings: () =>
      world.transitionsOf(payment.id).at(-1)?.postings ?? authorizationPostings(payment.amountAuthorized, 'EUR'),
  };
}

function givenGiftCard() {
  const world = fakeGiftCardStore(issuedCard(10_000n));
  const unissued = { ...issuedCard(10_000n), balance: 0n, available: 0n, version: 0 };
  const sale = giftCardTransition(unissued, { step: 'issue' }, { credited: 10_000n }, start);
  const dependencies = { giftCards: world.store, backOff };
  const at = { giftCardId: cardId, paymentId: 'pay_1', now: start };
  return {
    take: async (step: string, index: number): Promise<void> => {
      const amount = amountIn(step);
      if (step.startsWith('hold')) await holdGiftCard(dependencies, { ...at, amount, currency: 'EUR' });
      else if (step.startsWith('redeem')) {
        const isFinal = step.endsWith('the last one');
        await redeemGiftCard(dependencies, { ...at, captureId: `cap_${index}`, amount, isFinal });
      } else if (step === 'release') await releaseGiftCard(dependencies, at);
      else if (step.startsWith('refund')) {
        await refundGiftCard(dependencies, { revivalDays: 90 }, { ...at, refundId: `ref_${index}`, amount });
      } else if (step === 'the card expires') {
        const queue = { due: (shard: number) => Promise.resolve(shard === 0 ? [cardId] : []) };
        const giftCards = { ...world.issuer, record: (expiry: GiftCardTransition) => world.store.record(expiry) };
        await expireGiftCards({ queue, giftCards }, daysLater(31), () => true);
      } else throw new Error(`Nobody knows how to ${step}`);
    },
    lastPostings: () => world.transitions().at(-1)?.postings ?? sale.postings,
  };
}

/** Lines of one account and side are one, in the order in which they come up. */
function linesOf(postings: readonly Posting[]): readonly Line[] {
  const sums = new Map<string, bigint>();
  for (const { side, account, amount } of postings) {
    const line = `${side} ${account}`;
    sums.set(line, (sums.get(line) ?? 0n) + amount);
  }
  return [...sums].map(([line, sum]) => {
    const [side, account = ''] = line.split(' ');
    const digits = sum.toString().padStart(3, '0');
    return [side === 'debit' ? 'debit' : 'credit', account, `${digits.slice(0, -2)}.${digits.slice(-2)}`] as const;
  });
}
