import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { LedgerEntry } from '../../packages/client/index.ts';
import { createClient } from '../../packages/client/index.ts';
import { allPages } from '../../scripts/all-pages.ts';
import type { Connection } from '../../scripts/throw-away-instance.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { cardNumber, paymentOf, shopper } from './support.ts';
import { beforeMidnight } from './while-off.ts';

let here: CloudHere;
let firstDay: string;

beforeAll(async () => {
  const startsAt = beforeMidnight(new Date(Date.now() + 3_600_000), 12);
  firstDay = startsAt.toISOString().slice(0, 10);
  here = await startCloudHere(undefined, startsAt);
  await tellOfMoney(here);
}, 240_000);

afterAll(() => here.stop());

/** Longer than the window in which a stream gathers transitions for a segment. */
const settle = () => here.advance('PT2M');

/** For operators: the platform's own client may not read the books. */
function operatorOf(instance: Connection) {
  return createClient({ apiUrl: instance.outputs.apiUrl, accessToken: instance.accessTokenFor('operations/read') });
}

/** A payment captured in parts and refunded, one voided, one declined, one in another currency, and a gift card. */
async function tellOfMoney(instance: Connection): Promise<void> {
  const { client, token } = shopper(instance);
  const pay = async (index: number, changes: object = {}) =>
    (
      await client.createPayment(
        { ...paymentOf(instance, await token(cardNumber(index)), index, 10_000), ...changes },
        randomUUID(),
      )
    ).id;
  const captured = await pay(1);
  await client.capturePayment(captured, { amount: 6000 }, 'ledger-1');
  await client.capturePayment(captured, { amount: 4000 }, 'ledger-2');
  await client.refundPayment(captured, { amount: 1000, reason: 'ledger' }, 'ledger-3');
  await client.voidPayment(await pay(2), 'ledger-4');
  await client.capturePayment(await pay(3, { currency: 'USD' }), {}, 'ledger-5');
  await client.createPayment(paymentOf(instance, await token('4000000000000002'), 4), randomUUID());
  await client.issueGiftCard({ amount: 5000, currency: 'EUR' }, randomUUID());
}

/** By pages of two, so that there are several. */
const allEntries = (account: string, filters: Readonly<Record<string, string>> = {}) =>
  allPages((query) =>
    operatorOf(here).listAccountEntries(account, { from: firstDay, ...filters, ...query, limit: '2' }),
  );

const netOf = (entries: readonly LedgerEntry[], currency: string) =>
  entries
    .filter((entry) => entry.currency === currency)
    .reduce((sum, { side, amount }) => sum + (side === 'debit' ? BigInt(amount) : -BigInt(amount)), 0n);

describe('the books', () => {
  test('are a minute behind, say how far they are, and balance in every currency', async () => {
    await settle();
    const balance = await operatorOf(here).getTrialBalance();
    expect(balance).toMatchObject({ object: 'trial_balance', asOf: null, final: false });
    expect(balance.currencies.map(({ currency, difference }) => [currency, difference])).toEqual([
      ['EUR', '0'],
      ['USD', '0'],
    ]);
    const [euro] = balance.currencies;
    const balances = Object.fromEntries((euro?.accounts ?? []).map(({ account, balance: sum }) => [account, sum]));
    expect(balances).toMatchObject({ auth_hold: '0', auth_hold_contra: '0', gift_card_liability: '5000' });
    // Captured 100.00 less the acquirer's fee, refunded 10.00, and a gift card of 50.00 was sold.
    const fee = BigInt(balances['processing_fee'] ?? 0);
    expect(BigInt(balances['processor_clearing'] ?? 0)).toBe(10_000n - fee - 1000n);
    expect(BigInt(balances['gift_card_receivable'] ?? 0)).toBe(5000n);
    expect(balance.watermark.filter(({ segment }) => segment > 0).length).toBeGreaterThan(0);
  });

  test('tell the postings of an account, which sum to its balance', async () => {
    const { currencies } = await operatorOf(here).getTrialBalance();
    for (const { currency, accounts } of currencies) {
      for (const { account, debit, credit } of accounts) {
        const entries = await allEntries(account);
        expect([account, currency, netOf(entries, currency)]).toEqual([
          account,
          currency,
          BigInt(debit) - BigInt(credit),
        ]);
        expect(entries.map(({ bookedAt }) => bookedAt)).toEqual(entries.map(({ bookedAt }) => bookedAt).toSorted());
      }
    }
    const ofSeller = await allEntries('seller_deferred', { sellerId: here.outputs.demo.sellerId });
    expect(ofSeller.length).toBe((await allEntries('seller_deferred')).length);
    expect(await allEntries('seller_deferred', { sellerId: 'sel_nobody' })).toEqual([]);
  });

  test('are read by operators alone, and refuse what is no account, no day and no cursor of theirs', async () => {
    const platform = shopper(here).client;
    await expect(platform.getTrialBalance()).rejects.toMatchObject({ status: 403 });
    await expect(platform.listAccountEntries('commission')).rejects.toMatchObject({ status: 403 });
    const operator = operatorOf(here);
    for (const asked of [
      () => operator.listAccountEntries('petty_cash'),
      () => operator.listAccountEntries('commission', { from: 'yesterday' }),
      () => operator.listAccountEntries('commission', { cursor: 'bm8' }),
      () => operator.getTrialBalance('soon'),
    ]) {
      await expect(asked()).rejects.toMatchObject({ status: 400 });
    }
  });

  test('as of a time hold what had occurred by then', async () => {
    const before = await operatorOf(here).getTrialBalance();
    const now = await here.now();
    await shopper(here).client.issueGiftCard({ amount: 700, currency: 'EUR' }, randomUUID());
    await settle();
    const asOf = await operatorOf(here).getTrialBalance(now.toISOString());
    expect(asOf.currencies).toEqual(before.currencies);
    expect((await operatorOf(here).getTrialBalance()).currencies).not.toEqual(before.currencies);
  });

  test('of a day are closed and signed shortly after midnight, and never change', async () => {
    await here.advance('PT30M');
    const closed = await operatorOf(here).getTrialBalance(firstDay);
    expect(closed.final).toBe(true);
    expect(closed.watermark.map(({ closedThrough }) => closedThrough)).toEqual(Array(4).fill(firstDay));
    await shopper(here).client.issueGiftCard({ amount: 900, currency: 'EUR' }, randomUUID());
    await settle();
    expect((await operatorOf(here).getTrialBalance(firstDay)).currencies).toEqual(closed.currencies);
    const now = await operatorOf(here).getTrialBalance();
    expect(now.final).toBe(false);
    expect(now.currencies).not.toEqual(closed.currencies);
    expect(now.currencies.map(({ difference }) => difference)).toEqual(['0', '0']);
  });
});
