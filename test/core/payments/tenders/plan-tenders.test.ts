import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OfferedGiftCard } from '../../../../core/payments/tenders/plan-tenders.ts';
import { planTenders } from '../../../../core/payments/tenders/plan-tenders.ts';
import { issuedCard } from '../../gift-cards/fakes.ts';
import { giftCardName, sumOf } from './split-world.ts';

const amount = fc.bigInt({ min: 1n, max: 5000n });
const offers = fc
  .array(
    fc.record({
      available: fc.bigInt({ min: 0n, max: 3000n }),
      asked: fc.option(fc.bigInt({ min: 1n, max: 3000n }), { nil: undefined }),
    }),
    { maxLength: 5 },
  )
  .map((drawn) =>
    drawn.map(({ available, asked }, index): OfferedGiftCard => ({
      card: issuedCard(available, { id: giftCardName(index) }),
      asked,
    })),
  );
const plan = (total: bigint, offered: readonly OfferedGiftCard[], hasCard: boolean) =>
  planTenders({ amount: total, currency: 'EUR' }, offered, hasCard);

describe('any gift cards, with a card or without', () => {
  test('pay the amount to the cent, none more than is on it or was named, or are refused for what is so', () => {
    fc.assert(
      fc.property(amount, offers, fc.boolean(), (total, offered, hasCard) => {
        const planned = plan(total, offered, hasCard);
        const named = sumOf(offered.map(({ asked = 0n }) => asked));
        switch (planned.kind) {
          case 'planned': {
            expect(sumOf(planned.shares.map((share) => share.amount))).toBe(total);
            for (const share of planned.shares) {
              expect(share.amount > 0n).toBe(true);
              const offer = offered.find(({ card }) => card.id === share.giftCardId);
              if (!offer) continue;
              expect(share.amount <= offer.card.available).toBe(true);
              if (offer.asked !== undefined) expect(share.amount).toBe(offer.asked);
            }
            const ofCards = planned.shares.filter(({ giftCardId }) => giftCardId === undefined);
            expect(ofCards.length).toBeLessThanOrEqual(hasCard ? 1 : 0);
            return;
          }
          case 'giftCardInsufficient':
            expect(offered.some(({ card, asked = 0n }) => asked > card.available)).toBe(true);
            return;
          case 'tendersExceedAmount':
            expect(named > total).toBe(true);
            return;
          case 'tendersTooLow':
            expect([hasCard, planned.offered < total]).toEqual([false, true]);
            return;
          case 'giftCardTwice':
          case 'giftCardCurrencyDiffers':
            throw new Error(`nobody offered that: ${planned.kind}`);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('that were named first leave the others what is then left, in their order', () => {
    fc.assert(
      fc.property(amount, offers, (total, offered) => {
        const planned = plan(total, offered, true);
        if (planned.kind !== 'planned') return;
        let left = total - sumOf(offered.map(({ asked = 0n }) => asked));
        const expected = offered.map(({ card, asked }) => {
          const part = asked ?? (card.available < left ? card.available : left);
          if (asked === undefined) left -= part;
          return { giftCardId: card.id, amount: part };
        });
        const ofGiftCards = planned.shares.flatMap((share) =>
          share.giftCardId === undefined ? [] : [{ giftCardId: share.giftCardId, amount: share.amount }],
        );
        expect(ofGiftCards).toEqual(expected.filter((each) => each.amount > 0n));
      }),
    );
  });

  test.each([
    ['one gift card twice', [0, 0], 'giftCardTwice', 'EUR'],
    ['a gift card of another currency', [0], 'giftCardCurrencyDiffers', 'USD'],
  ] as const)('(%s) is refused', (_what, indexes, kind, currency) => {
    const offered = indexes.map((index) => ({ card: { ...issuedCard(100n, { id: giftCardName(index) }), currency } }));
    expect(plan(50n, offered, true)).toMatchObject({ kind });
  });
});
