import { describe, expect, test } from '@jest/globals';
import { GiftCardContended } from '../../../core/gift-cards/change-gift-card.ts';
import { expireGiftCards } from '../../../core/gift-cards/expire-gift-cards.ts';
import { holdGiftCard } from '../../../core/gift-cards/hold-gift-card.ts';
import { redeemGiftCard } from '../../../core/gift-cards/redeem-gift-card.ts';
import { refundGiftCard } from '../../../core/gift-cards/refund-gift-card.ts';
import { releaseGiftCard } from '../../../core/gift-cards/release-gift-card.ts';
import { backOff, cardId, daysLater, fakeGiftCardStore, issuedCard, start } from './fakes.ts';

/** A card of 100.00 EUR, valid for 30 days, and the steps on it as payments take them. */
function givenCard() {
  const world = fakeGiftCardStore(issuedCard(10_000n));
  const dependencies = { giftCards: world.store, backOff };
  const at = (day: number) => ({ giftCardId: cardId, now: daysLater(day) });
  return {
    ...world,
    hold: (paymentId: string, amount: bigint, day = 0, currency = 'EUR') =>
      holdGiftCard(dependencies, { ...at(day), paymentId, amount, currency }),
    redeem: (paymentId: string, captureId: string, amount: bigint, isFinal = true, day = 0) =>
      redeemGiftCard(dependencies, { ...at(day), paymentId, captureId, amount, isFinal }),
    release: (paymentId: string, day = 0) => releaseGiftCard(dependencies, { ...at(day), paymentId }),
    refund: (refundId: string, amount: bigint, day = 0) =>
      refundGiftCard(dependencies, { revivalDays: 90 }, { ...at(day), refundId, amount }),
    expire: (day: number) =>
      expireGiftCards(
        {
          queue: { due: (shard) => Promise.resolve(shard === 0 ? [cardId] : []) },
          giftCards: { ...world.issuer, record: (transition) => world.store.record(transition) },
        },
        daysLater(day),
        () => true,
      ),
  };
}

describe('a hold', () => {
  test('reserves without spending, and is told apart from what is available', async () => {
    const card = givenCard();
    expect(await card.hold('pay_1', 7000n)).toMatchObject({ kind: 'held', replayed: false });
    expect(card.card()).toMatchObject({ balance: 10_000n, held: 7000n, available: 3000n });
    expect(await card.hold('pay_2', 3001n)).toEqual({ kind: 'insufficient', needed: 3001n, available: 3000n });
  });

  test('is refused by name for an unknown card, another currency and a card that has expired', async () => {
    const card = givenCard();
    const nobody = { giftCardId: 'gc_nobody', paymentId: 'pay_1', amount: 1n, currency: 'EUR', now: start };
    expect(await holdGiftCard({ giftCards: card.store, backOff }, nobody)).toEqual({ kind: 'unknown' });
    expect(await card.hold('pay_1', 1n, 0, 'USD')).toEqual({ kind: 'currencyMismatch', currency: 'EUR' });
    expect(await card.hold('pay_1', 1n, 30)).toEqual({ kind: 'expired', expiresAt: daysLater(30).toISOString() });
    expect(await card.hold('pay_1', 1n, 29)).toMatchObject({ kind: 'held' });
  });

  test('of one payment is one hold; another amount is refused, and a resolved one never comes back', async () => {
    const card = givenCard();
    await card.hold('pay_1', 500n);
    expect(await card.hold('pay_1', 500n)).toMatchObject({ kind: 'held', replayed: true });
    expect(await card.hold('pay_1', 600n)).toEqual({ kind: 'amountDiffers', held: 500n });
    await card.release('pay_1');
    expect(await card.hold('pay_1', 500n)).toMatchObject({ kind: 'holdResolved' });
    expect(card.card()).toMatchObject({ available: 10_000n, held: 0n });
  });

  test('that arrives after its release is refused: nothing stays bound', async () => {
    const card = givenCard();
    expect(await card.release('pay_late')).toEqual({ kind: 'released', released: 0n, replayed: false });
    expect(await card.hold('pay_late', 500n)).toMatchObject({ kind: 'holdResolved' });
    expect(card.card()).toMatchObject({ available: 10_000n, held: 0n, version: 1 });
  });

  test('of nothing or less is a bug of the caller', () => {
    expect(() => givenCard().hold('pay_1', 0n)).toThrow(RangeError);
  });
});

describe('a redemption', () => {
  test('takes a hold in parts; the final one gives the rest back', async () => {
    const card = givenCard();
    await card.hold('pay_1', 7000n);
    expect(await card.redeem('pay_1', 'cap_1', 2000n, false)).toMatchObject({ redeemed: 2000n, released: 0n });
    expect(await card.redeem('pay_1', 'cap_2', 3000n, true)).toMatchObject({ redeemed: 3000n, released: 2000n });
    expect(card.card()).toMatchObject({ balance: 5000n, held: 0n, available: 5000n, redeemed: 5000n });
    expect(await card.redeem('pay_1', 'cap_3', 1n)).toMatchObject({ kind: 'holdResolved' });
  });

  test('never takes more than is left of the hold, nor anything without one', async () => {
    const card = givenCard();
    expect(await card.redeem('pay_1', 'cap_1', 1n)).toEqual({ kind: 'notHeld' });
    await card.hold('pay_1', 700n);
    await card.redeem('pay_1', 'cap_1', 200n, false);
    expect(await card.redeem('pay_1', 'cap_2', 501n)).toEqual({ kind: 'exceedsHold', needed: 501n, remaining: 500n });
  });

  test('of one capture is one redemption, which answers again; a contradiction is refused', async () => {
    const card = givenCard();
    await card.hold('pay_1', 700n);
    await card.redeem('pay_1', 'cap_1', 200n, false);
    expect(await card.redeem('pay_1', 'cap_1', 200n, false)).toMatchObject({ kind: 'redeemed', replayed: true });
    expect(await card.redeem('pay_1', 'cap_1', 201n, false)).toEqual({ kind: 'captureDiffers', redeemed: 200n });
    expect(await card.redeem('pay_1', 'cap_1', 200n, true)).toEqual({ kind: 'captureDiffers', redeemed: 200n });
    expect(card.card()?.redeemed).toBe(200n);
  });

  test('of a hold made in time works after expiry, whether the daily pass came by or not', async () => {
    const [swept, unswept] = [givenCard(), givenCard()];
    for (const card of [swept, unswept]) await card.hold('pay_1', 700n, 29);
    await swept.expire(31);
    for (const card of [swept, unswept]) {
      expect(await card.redeem('pay_1', 'cap_1', 700n, true, 32)).toMatchObject({ kind: 'redeemed' });
    }
    expect(swept.card()).toMatchObject({ status: 'expired', balance: 0n, lapsed: 9300n, redeemed: 700n });
  });
});

describe('expiry', () => {
  test('lets what is available lapse and keeps what is held', async () => {
    const card = givenCard();
    await card.hold('pay_1', 700n);
    expect(await card.expire(29)).toBe(0);
    expect(await card.expire(30)).toBe(1);
    expect(card.card()).toMatchObject({ status: 'expired', balance: 700n, held: 700n, available: 0n, lapsed: 9300n });
    expect(await card.expire(31)).toBe(0);
  });

  test('takes what a late release gives back, with the next pass', async () => {
    const card = givenCard();
    await card.hold('pay_1', 700n);
    await card.expire(30);
    await card.release('pay_1', 31);
    expect(card.card()).toMatchObject({ status: 'expired', available: 700n });
    expect(await card.hold('pay_2', 1n, 31)).toMatchObject({ kind: 'expired' });
    expect(await card.expire(32)).toBe(1);
    expect(card.card()).toMatchObject({ balance: 0n, lapsed: 10_000n });
  });
});

describe('a refund', () => {
  test('never puts back more than was redeemed', async () => {
    const card = givenCard();
    await card.hold('pay_1', 700n);
    await card.redeem('pay_1', 'cap_1', 700n);
    expect(await card.refund('ref_1', 500n)).toMatchObject({ kind: 'refunded', replayed: false });
    expect(await card.refund('ref_1', 500n)).toMatchObject({ kind: 'refunded', replayed: true });
    expect(await card.refund('ref_1', 499n)).toEqual({ kind: 'amountDiffers', refunded: 500n });
    expect(await card.refund('ref_2', 201n)).toEqual({ kind: 'exceedsRedeemed', needed: 201n, redeemed: 200n });
    expect(card.card()).toMatchObject({ balance: 9800n, redeemed: 200n });
  });

  test('revives an expired card for 90 days, with the refund alone: what had lapsed stays lapsed', async () => {
    const [swept, unswept] = [givenCard(), givenCard()];
    for (const card of [swept, unswept]) {
      await card.hold('pay_1', 700n);
      await card.redeem('pay_1', 'cap_1', 700n);
    }
    await swept.expire(30);
    for (const card of [swept, unswept]) {
      const expiresAt = daysLater(130).toISOString();
      expect(await card.refund('ref_1', 700n, 40)).toMatchObject({ kind: 'refunded', expiresAt });
      expect(card.card()).toMatchObject({ status: 'active', available: 700n, lapsed: 9300n, expiresAt });
      expect(await card.hold('pay_2', 700n, 129)).toMatchObject({ kind: 'held' });
    }
  });

  test('never shortens a validity', async () => {
    const world = fakeGiftCardStore(issuedCard(100n, { expiresAt: daysLater(1000).toISOString() }));
    const dependencies = { giftCards: world.store, backOff };
    const at = { giftCardId: cardId, now: start };
    await holdGiftCard(dependencies, { ...at, paymentId: 'pay_1', amount: 50n, currency: 'EUR' });
    await redeemGiftCard(dependencies, { ...at, paymentId: 'pay_1', captureId: 'cap_1', amount: 50n, isFinal: true });
    await refundGiftCard(dependencies, { revivalDays: 90 }, { ...at, refundId: 'ref_1', amount: 50n });
    expect(world.card()?.expiresAt).toBe(daysLater(1000).toISOString());
  });
});

describe('a request that meets its twin half way, between one item that it reads and the next', () => {
  /** Reads some items before the twin's work and the others after it. */
  function givenTorn() {
    const world = fakeGiftCardStore(issuedCard(10_000n));
    const dependencies = { giftCards: world.store, backOff };
    const torn = (twin: () => Promise<unknown>, ...early: readonly ('transition' | 'hold')[]) => {
      let isFirst = true;
      const read: typeof world.store.read = async (...keys) => {
        const before = await world.store.read(...keys);
        if (!isFirst) return before;
        isFirst = false;
        await twin();
        const after = await world.store.read(...keys);
        return { ...after, ...Object.fromEntries(early.map((item) => [item, before[item]])) };
      };
      return { giftCards: { ...world.store, read }, backOff };
    };
    return { dependencies, torn };
  }
  const at = { giftCardId: cardId, now: start };

  test('is told what the twin did, and no refusal', async () => {
    for (const early of [['hold'], ['hold', 'transition']] as const) {
      const { dependencies, torn } = givenTorn();
      const hold = { ...at, paymentId: 'pay_1', amount: 10_000n, currency: 'EUR' };
      const twin = () => holdGiftCard(dependencies, hold);
      expect(await holdGiftCard(torn(twin, ...early), hold)).toMatchObject({ kind: 'held', replayed: true });
    }
    const { dependencies, torn } = givenTorn();
    await holdGiftCard(dependencies, { ...at, paymentId: 'pay_1', amount: 10_000n, currency: 'EUR' });
    const redemption = { ...at, paymentId: 'pay_1', captureId: 'cap_1', amount: 10_000n, isFinal: true };
    const redeemTwin = () => redeemGiftCard(dependencies, redemption);
    expect(await redeemGiftCard(torn(redeemTwin, 'transition'), redemption)).toMatchObject({ kind: 'redeemed' });
    const refund = { ...at, refundId: 'ref_1', amount: 10_000n };
    const policy = { revivalDays: 90 };
    const refundTwin = () => refundGiftCard(dependencies, policy, refund);
    expect(await refundGiftCard(torn(refundTwin, 'transition'), policy, refund)).toMatchObject({ kind: 'refunded' });
  });
});

test('a card that never stands still is given up on by name, after a bounded number of tries', async () => {
  const { store } = fakeGiftCardStore(issuedCard());
  let tries = 0;
  const giftCards = {
    ...store,
    record: () => {
      tries += 1;
      return Promise.resolve('changed' as const);
    },
  };
  const request = { giftCardId: cardId, paymentId: 'pay_1', amount: 1n, currency: 'EUR', now: start };
  await expect(holdGiftCard({ giftCards, backOff }, request)).rejects.toThrow(GiftCardContended);
  expect(tries).toBe(25);
});
