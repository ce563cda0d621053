import { expect } from '@jest/globals';
import { conversionOf } from '../../../core/fx/conversion.ts';
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
import { approvedForAWeek, givenSplitPayment } from '../payments/tenders/split-world.ts';
import { givenQuote } from '../fx/random-conversion.ts';

export type Line = readonly [side: 'debit' | 'credit', account: string, amount: string];

/** What the last step of a story puts into the books, its lines in the order in which they come up. */
export async function booksAfter(story: readonly string[]): Promise<readonly Line[]> {
  const [beginning = ''] = story;
  const world = beginning.startsWith('authorize')
    ? givenPayment(beginning)
    : beginning.startsWith('split')
      ? await givenSplit(beginning)
      : givenGiftCard();
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
  const payment = {
    ...authorizedPayment(amount, start),
    ...(authorization.endsWith('by a quote') ? convertedFromDollars(amount) : {}),
  };
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
      world.transitionsOf(payment.id).at(-1)?.postings ??
      authorizationPostings(payment.amountAuthorized, payment.currency),
  };
}

/** At 0.90 euros a dollar, less a margin of 1 %, which the seller bears. */
function convertedFromDollars(amount: bigint) {
  const quote = givenQuote({ from: 'USD', to: 'EUR', amount }, { numerator: 9n, denominator: 10n }, 100);
  return { currency: 'USD', conversion: conversionOf(quote, 'seller') };
}

/** Over a gift card of 30.00, and a card for what it does not pay. */
async function givenSplit(beginning: string) {
  const world = await givenSplitPayment(amountIn(beginning), [3_000n]);
  await world.authorize(approvedForAWeek);
  return {
    take: async (step: string, index: number): Promise<void> => {
      const [kind] = step.split(' ');
      if (kind !== 'capture' && kind !== 'refund' && kind !== 'void') throw new Error(`Nobody knows how to ${step}`);
      const asked = kind === 'void' ? {} : { amount: amountIn(step) };
      expect(await world.ask(kind, { ...asked, key: String(index) })).toMatchObject({
        movement: { state: 'succeeded' },
      });
    },
    lastPostings: () => world.transitionsOf(world.payment.id).at(-1)?.postings ?? [],
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

/** Lines of one account, side and currency are one, in the order in which they come up; euros go without saying. */
function linesOf(postings: readonly Posting[]): readonly Line[] {
  const sums = new Map<string, bigint>();
  for (const { side, account, currency, amount } of postings) {
    const line = `${side} ${account} ${currency}`;
    sums.set(line, (sums.get(line) ?? 0n) + amount);
  }
  return [...sums].map(([line, sum]) => {
    const [side, account = '', currency = ''] = line.split(' ');
    const digits = sum.toString().padStart(3, '0');
    const shown = `${digits.slice(0, -2)}.${digits.slice(-2)}${currency === 'EUR' ? '' : ` ${currency}`}`;
    return [side === 'debit' ? 'debit' : 'credit', account, shown] as const;
  });
}
