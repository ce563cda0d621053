import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { conversionBearers, conversionOf } from '../../../core/fx/conversion.ts';
import type { DisputeNotice } from '../../../core/disputes/dispute.ts';
import type { Conversion } from '../../../core/fx/conversion.ts';
import type { Posting } from '../../../core/ledger/posting.ts';
import { settledBetween } from '../../../core/payments/settled-part.ts';
import { takenBack } from '../../../core/payments/taken-back.ts';
import type { World } from '../disputes/dispute-world.ts';
import { givenPayment, later, postingsOf, sumOf } from '../disputes/dispute-world.ts';
import { convertedPayments, currencyPairs } from '../fx/random-conversion.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('capture' as const), percent: fc.integer({ min: 1, max: 70 }) }),
  fc.record({ kind: fc.constant('refund' as const), percent: fc.integer({ min: 1, max: 70 }) }),
  fc.record({ kind: fc.constant('dispute' as const), percent: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ kind: fc.constant('decide' as const), dispute: fc.nat({ max: 5 }), isWon: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('payOut' as const, 'finish' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function take(world: World, disputes: DisputeNotice[], taken: Step, index: number): Promise<void> {
  const { capturable, refundable, movements } = world.current();
  const shareOf = (left: bigint, percent: number) => (left * BigInt(percent)) / 100n + 1n;
  switch (taken.kind) {
    case 'capture':
      await world.ask('capture', shareOf(capturable, taken.percent), `capture-${index}`);
      return;
    case 'refund':
      await world.ask('refund', shareOf(refundable, taken.percent), `refund-${index}`);
      return;
    case 'dispute': {
      const capture = Object.values(movements).find(({ id, kind }) => {
        return kind === 'capture' && !disputes.some(({ captureReference }) => captureReference.endsWith(id));
      });
      if (!capture) return;
      const amount = shareOf(capture.amount - 1n, taken.percent);
      const notice = world.noticeOf(capture.id, amount);
      disputes.push(notice);
      await world.notify(notice, later(index));
      return;
    }
    case 'decide': {
      const which = taken.dispute % Math.max(1, disputes.length);
      const standing = disputes[which];
      if (standing?.state !== 'needs_response') return;
      const decided: DisputeNotice = {
        ...standing,
        version: 2,
        state: taken.isWon ? 'won' : 'lost',
        feeReturned: taken.isWon ? standing.fee : 0n,
      };
      disputes[which] = decided;
      await world.notify(decided, later(index));
      return;
    }
    case 'payOut':
      world.claimLots();
      return;
    case 'finish':
      await world.finish(later(60 * index));
  }
}

/** Debits less credits. */
function balanceOf(postings: readonly Posting[], currency: string, account?: string): bigint {
  return sumOf(
    postings
      .filter((posting) => posting.currency === currency && (account ?? posting.account) === posting.account)
      .map(({ side, amount }) => (side === 'debit' ? amount : -amount)),
  );
}

function expectBooksToHold(world: World, conversion: Conversion): void {
  const { payment, transitionsOf, lots } = world;
  const postings = postingsOf(world);
  const [paid, sellers] = [payment.currency, conversion.currency];
  for (const { postings: entry } of transitionsOf(payment.id)) {
    expect([balanceOf(entry, paid), balanceOf(entry, sellers)]).toEqual([0n, 0n]);
    expect(entry.every(({ currency }) => currency === paid || currency === sellers)).toBe(true);
  }
  const now = world.current();
  const back = settledBetween(payment, 0n, takenBack(now));
  const went = settledBetween(payment, 0n, now.amountCaptured);
  // Nothing but what stands of the payment is left anywhere, at the rate of the quote.
  const left = (of: (part: typeof went) => bigint) => of(went) - of(back);
  const of = (account: string, currency: string) => balanceOf(postings, currency, account);
  expect(of('commission', sellers)).toBe(-left(({ commission }) => commission));
  expect(of('fx_revenue', sellers)).toBe(-left(({ converted }) => converted?.spread ?? 0n));
  expect(of('fx_residue', sellers)).toBe(-left(({ converted }) => converted?.residue ?? 0n));
  expect(of('fx_position', sellers)).toBe(left(({ converted }) => converted?.worth ?? 0n));
  expect(of('fx_position', paid)).toBe(-(now.amountCaptured - takenBack(now)));
  const sellersMoney = left(({ sellersPart }) => sellersPart);
  expect(-of('seller_deferred', sellers) - of('seller_receivable', sellers)).toBe(sellersMoney);
  // A fee of the buyer's currency is ours, and lots are the seller's currency alone.
  expect([of('seller_deferred', paid), of('seller_receivable', paid)]).toEqual([0n, 0n]);
  const all = [...lots.values()];
  expect(all.every(({ currency }) => currency === sellers)).toBe(true);
  expect(all.some(({ reason }) => reason === 'dispute_fee')).toBe(false);
  const owed = sumOf(all.filter(({ amount }) => amount < 0n).map(({ amount }) => -amount));
  expect(of('seller_receivable', sellers)).toBe(owed);
  const held = sumOf(all.filter(({ amount, state }) => amount > 0n && state === 'held').map((lot) => lot.remaining));
  expect(-of('seller_deferred', sellers)).toBe(held + world.paid.out);
}

const steps = fc.array(step, { minLength: 3, maxLength: 20, size: 'max' });
const basisPoints = fc.integer({ min: 0, max: 10_000 });

describe('a converted payment', () => {
  test('through any captures, refunds, disputes and payouts balances in each currency, and all at the rate of its quote', async () => {
    let moved = 0;
    await fc.assert(
      fc.asyncProperty(
        currencyPairs,
        convertedPayments,
        fc.constantFrom(...conversionBearers),
        basisPoints,
        steps,
        async (pair, chance, borneBy, commissionBasisPoints, taken) => {
          const quote = chance.quoteOf(pair);
          const conversion = conversionOf(quote, borneBy);
          const terms = { processingFeeBasisPoints: 300, commissionBasisPoints, releaseDays: 7 };
          const converted = { currency: quote.from, conversion, terms };
          const world = await givenPayment(quote.amount, { feeBearer: 'seller', converted });
          const disputes: DisputeNotice[] = [];
          for (const [index, each] of taken.entries()) {
            await take(world, disputes, each, index);
            expectBooksToHold(world, conversion);
          }
          moved += disputes.length;
        },
      ),
      { numRuns: 500 },
    );
    expect(moved).toBeGreaterThan(100);
  });

  test('that was captured and refunded in whole, in any parts, leaves nothing of itself, not even of what rounding left', async () => {
    await fc.assert(
      fc.asyncProperty(currencyPairs, convertedPayments, steps, async (pair, chance, taken) => {
        const quote = chance.quoteOf(pair);
        const conversion = conversionOf(quote, 'seller');
        const world = await givenPayment(quote.amount, { converted: { currency: quote.from, conversion } });
        const moves = taken.filter(({ kind }) => kind !== 'dispute' && kind !== 'decide');
        for (const [index, each] of moves.entries()) await take(world, [], each, index);
        if (world.current().capturable > 0n) await world.ask('capture', undefined, 'rest');
        if (world.current().refundable > 0n) await world.ask('refund', undefined, 'all');
        for (const account of ['fx_position', 'fx_revenue', 'fx_residue', 'commission']) {
          expect([account, balanceOf(postingsOf(world), pair.from, account)]).toEqual([account, 0n]);
          expect([account, balanceOf(postingsOf(world), pair.to, account)]).toEqual([account, 0n]);
        }
        const of = (account: string) => balanceOf(postingsOf(world), pair.to, account);
        expect(of('seller_deferred') + of('seller_receivable')).toBe(0n);
      }),
      { numRuns: 200 },
    );
  });
});
