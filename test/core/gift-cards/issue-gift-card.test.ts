import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { Principal } from '../../../core/access/principal.ts';
import { getGiftCard } from '../../../core/gift-cards/get-gift-card.ts';
import type { IssueGiftCardRequest } from '../../../core/gift-cards/issue-gift-card.ts';
import { issueGiftCard } from '../../../core/gift-cards/issue-gift-card.ts';
import type { Guess } from '../../../core/gift-cards/ports.ts';
import { resolveCode } from '../../../core/gift-cards/resolve-code.ts';
import { backOff, daysLater, fakeGiftCardStore, fakeMacs, start } from './fakes.ts';
import { holdGiftCard } from '../../../core/gift-cards/hold-gift-card.ts';

const platform: Principal = { kind: 'client', id: 'client-platform', scopes: ['giftcards/issue'] };
const policy = {
  leastMajorUnits: 1,
  mostMajorUnits: 2000,
  leastValidDays: 365,
  usualValidDays: 1095,
  mostValidDays: 3650,
};

function givenShop() {
  const world = fakeGiftCardStore();
  const macs = fakeMacs(1);
  const request: IssueGiftCardRequest = {
    principal: platform,
    idempotencyKey: 'birthday',
    requestId: 'request-1',
    amount: 5000n,
    currency: 'EUR',
    validDays: undefined,
    now: start,
  };
  const misses: string[] = [];
  let limit = 3;
  const guesses = {
    begin: () => Promise.resolve(misses.length < limit),
    end: ({ guessId }: Guess, wasRight: boolean) => {
      if (!wasRight) misses.push(guessId);
      return Promise.resolve();
    },
  };
  return {
    ...world,
    misses,
    setLimit: (most: number) => {
      limit = most;
    },
    issue: (changes: Partial<IssueGiftCardRequest> = {}) =>
      issueGiftCard({ giftCards: world.issuer, macs, policy, random: randomBytes }, { ...request, ...changes }),
    /** Of a request that came before. */
    resolveOwn: (code: string) =>
      resolveCode(
        { codes: world.codes, giftCards: world.issuer, macs, guesses },
        { code, principalId: 'shop', guessId: 'own', now: start, isNoGuess: true },
      ),
    resolve: (code: string, now = start, keys = macs) =>
      resolveCode(
        { codes: world.codes, giftCards: world.issuer, macs: keys, guesses },
        { code, principalId: 'shop', guessId: `guess-${misses.length}`, now },
      ),
  };
}

async function givenIssued(shop: ReturnType<typeof givenShop>) {
  const issued = await shop.issue();
  if (issued.kind !== 'issued' || issued.code === undefined) throw new Error('Nothing was issued');
  return { card: issued.card, code: issued.code };
}

const minutesLater = (minutes: number) => new Date(start.getTime() + minutes * 60_000);

describe('issuing', () => {
  test('makes a card with all of its amount available, for the usual three years', async () => {
    const { card } = await givenIssued(givenShop());
    expect(card).toMatchObject({ amount: 5000n, balance: 5000n, available: 5000n, held: 0n, version: 1 });
    expect(card.expiresAt).toBe(daysLater(1095).toISOString());
  });

  test('again under the same key shows the same code for half an hour, then the card without it', async () => {
    const shop = givenShop();
    const { code, card } = await givenIssued(shop);
    const again = await shop.issue({ requestId: 'request-2', now: minutesLater(29) });
    expect(again).toEqual({ kind: 'issued', card, code, replayed: true });
    const late = await shop.issue({ requestId: 'request-3', now: minutesLater(30) });
    expect(late).toEqual({ kind: 'issued', card, code: undefined, replayed: true });
    expect(shop.transitions()).toHaveLength(1);
  });

  test('again after the card was spent shows it as it was issued', async () => {
    const shop = givenShop();
    const { card } = await givenIssued(shop);
    const hold = { giftCardId: card.id, paymentId: 'pay_1', amount: 10n, currency: 'EUR', now: start };
    await holdGiftCard({ giftCards: shop.store, backOff }, hold);
    expect(await shop.issue({ requestId: 'request-2' })).toMatchObject({ card: { available: 5000n, version: 1 } });
  });

  test('ten times at once under one key makes one card with one code', async () => {
    const shop = givenShop();
    const requests = Array.from({ length: 10 }, (_, index) => shop.issue({ requestId: `request-${index}` }));
    const codes = (await Promise.all(requests)).map((issued) => issued.kind === 'issued' && issued.code);
    expect(new Set(codes).size).toBe(1);
    expect(await shop.resolve(codes[0] || '')).toMatchObject({ kind: 'found' });
    expect(shop.transitions()).toHaveLength(1);
  });

  test('under a used key with another amount, currency or validity is refused, and shows no code', async () => {
    const shop = givenShop();
    await givenIssued(shop);
    for (const changes of [{ amount: 5001n }, { currency: 'USD' }, { validDays: 400 }]) {
      expect(await shop.issue(changes)).toEqual({ kind: 'keyReused' });
    }
  });

  test('under the same key by another caller is another card', async () => {
    const shop = givenShop();
    const { card } = await givenIssued(shop);
    const other = await shop.issue({ principal: { ...platform, id: 'another' } });
    expect(other.kind === 'issued' && other.card.id).not.toBe(card.id);
  });

  test.each([
    ['EUR', 99n, { kind: 'amountOutOfBounds', least: 100n, most: 200_000n }],
    ['EUR', 200_001n, { kind: 'amountOutOfBounds', least: 100n, most: 200_000n }],
    ['JPY', 2001n, { kind: 'amountOutOfBounds', least: 1n, most: 2000n }],
    ['KWD', 999n, { kind: 'amountOutOfBounds', least: 1000n, most: 2_000_000n }],
  ])('of %s %s is out of bounds', async (currency, amount, refusal) => {
    expect(await givenShop().issue({ currency, amount })).toEqual(refusal);
  });

  test.each([364, 3651])('for %s days is out of bounds', async (validDays) => {
    expect(await givenShop().issue({ validDays })).toEqual({
      kind: 'validityOutOfBounds',
      leastDays: 365,
      mostDays: 3650,
    });
  });
});

describe('a code', () => {
  test('finds its card, also when a newer key has come before the one that made it', async () => {
    const shop = givenShop();
    const { code, card } = await givenIssued(shop);
    expect(await shop.resolve(code.toLowerCase())).toMatchObject({ kind: 'found', card: { id: card.id } });
    expect(await shop.resolve(code, start, fakeMacs(2, 1))).toMatchObject({ kind: 'found' });
    expect(await shop.resolve(code, start, fakeMacs(2))).toEqual({ kind: 'notFound' });
  });

  test('that is unknown, mistyped, expired or of an empty card answers alike', async () => {
    const shop = givenShop();
    const { code, card } = await givenIssued(shop);
    const hold = { giftCardId: card.id, paymentId: 'pay_1', amount: 5000n, currency: 'EUR', now: start };
    expect(await shop.resolve('0000-0000-0000-0000-0000')).toEqual({ kind: 'notFound' });
    expect(await shop.resolve(`${code}0`)).toEqual({ kind: 'notFound' });
    expect(await shop.resolve(code, daysLater(1095))).toEqual({ kind: 'notFound' });
    shop.setLimit(10);
    await holdGiftCard({ giftCards: shop.store, backOff }, hold);
    expect(await shop.resolve(code)).toEqual({ kind: 'notFound' });
  });

  test('that is right costs no guess; after as many wrong ones as are allowed even it is not looked up', async () => {
    const shop = givenShop();
    const { code } = await givenIssued(shop);
    for (let index = 0; index < 5; index += 1) expect(await shop.resolve(code)).toMatchObject({ kind: 'found' });
    for (let index = 0; index < 3; index += 1) expect(await shop.resolve('nothing')).toEqual({ kind: 'notFound' });
    expect(await shop.resolve(code)).toEqual({ kind: 'tooManyGuesses' });
    expect(shop.misses).toHaveLength(3);
    // A request that came before is answered whatever was guessed since.
    expect(await shop.resolveOwn(code)).toMatchObject({ kind: 'found' });
    expect(await shop.resolveOwn('nothing')).toEqual({ kind: 'notFound' });
    expect(shop.misses).toHaveLength(3);
  });
});

test('a gift card is shown to its issuer and to operators, to nobody else', async () => {
  const shop = givenShop();
  const { card } = await givenIssued(shop);
  const operator: Principal = { kind: 'user', id: 'ann', scopes: [], groups: ['operators'] };
  expect(await getGiftCard(shop.issuer, platform, card.id)).toMatchObject({ id: card.id });
  expect(await getGiftCard(shop.issuer, operator, card.id)).toMatchObject({ id: card.id });
  expect(await getGiftCard(shop.issuer, { ...platform, id: 'stranger' }, card.id)).toBeUndefined();
  expect(await getGiftCard(shop.issuer, platform, 'gc_nobody')).toBeUndefined();
});
