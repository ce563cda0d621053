import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { CreatePayment, FxQuote } from '../../packages/client/index.ts';
import { createClient } from '../../packages/client/index.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { acquirerOf } from './disputing.ts';
import { provenBooks } from './proven-books.ts';
import { cardNumber, paymentOf, shopper } from './support.ts';

let here: CloudHere;
let buyer: ReturnType<typeof shopper>;
let next = 700;

beforeAll(async () => {
  here = await startCloudHere();
  buyer = shopper(here);
});

afterAll(() => here.stop());

const quote = (changes: object = {}): Promise<FxQuote> =>
  buyer.client.createFxQuote({ from: 'USD', to: 'EUR', amount: 100_03, lock: '1h', ...changes }, randomUUID());

/** A payment of what the quote converts, unless something of it is changed. */
async function paymentBy({ id, amount, from }: FxQuote, changes: Partial<CreatePayment> = {}) {
  next += 1;
  const token = await buyer.token(cardNumber(next));
  const body = { ...paymentOf(here, token, next, amount), currency: from, fxQuoteId: id, ...changes };
  return buyer.client.createPayment(body, randomUUID());
}

/** Asks once, without the client's patience. */
async function askOnce(body: CreatePayment, key: string): Promise<void> {
  await fetch(`${here.baseUrl}/v1/payments`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await here.accessTokenFor('payments/create')()}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
    body: JSON.stringify(body),
  });
}

const operator = () =>
  createClient({ apiUrl: here.outputs.apiUrl, accessToken: here.accessTokenFor('operations/read') });

/** Debits less credits of the accounts that a list names, in one currency. */
async function balances(currency: string, ...accounts: readonly string[]): Promise<readonly bigint[]> {
  await here.advance('PT2M');
  const { currencies } = await operator().getTrialBalance();
  const found = currencies.find((each) => each.currency === currency)?.accounts ?? [];
  return accounts.map((account) => {
    const { debit = '0', credit = '0' } = found.find((each) => each.account === account) ?? {};
    return BigInt(debit) - BigInt(credit);
  });
}

describe('a payment with a quote', () => {
  test('gives the seller what was promised, in any parts, and takes it back at that rate', async () => {
    const promised = await quote();
    const payment = await paymentBy(promised);
    expect(payment).toMatchObject({
      ...{ status: 'authorized', amount: 100_03, currency: 'USD' },
      conversion: {
        ...{ quoteId: promised.id, currency: 'EUR', rate: promised.rate, borneBy: 'seller' },
        amount: promised.convertedAmount,
      },
    });
    for (const amount of [10_01, 33_33, undefined]) {
      await buyer.client.capturePayment(payment.id, amount === undefined ? {} : { amount }, randomUUID());
    }
    const worth = BigInt(Math.round(promised.amount * Number(promised.baseRate)));
    const commission = (worth * 15n + 50n) / 100n;
    const [seller, ours, position, revenue, residue] = await balances(
      'EUR',
      ...['seller_deferred', 'commission', 'fx_position', 'fx_revenue', 'fx_residue'],
    );
    expect(-(seller ?? 0n)).toBe(BigInt(promised.convertedAmount) - commission);
    expect([ours, position]).toEqual([-commission, worth]);
    expect(-(revenue ?? 0n) - (residue ?? 0n)).toBe(worth - BigInt(promised.convertedAmount));
    expect(await balances('USD', 'fx_position')).toEqual([-100_03n]);

    await buyer.client.refundPayment(payment.id, { amount: 40_00, reason: 'late' }, randomUUID());
    await buyer.client.refundPayment(payment.id, { reason: 'never came' }, randomUUID());
    expect(await buyer.client.getPayment(payment.id)).toMatchObject({ status: 'refunded', amountRefunded: 100_03 });
    const all = ['seller_deferred', 'commission', 'fx_position', 'fx_revenue', 'fx_residue'];
    expect(await balances('EUR', ...all)).toEqual(all.map(() => 0n));
    expect(await balances('USD', 'fx_position')).toEqual([0n]);
  });

  test('goes by the minor units of both currencies, and a part that is refunded leaves the rest', async () => {
    const promised = await quote({ from: 'USD', to: 'JPY', amount: 20_01 });
    const payment = await paymentBy(promised, { capture: 'automatic' });
    expect(payment).toMatchObject({ status: 'captured', conversion: { amount: promised.convertedAmount } });
    await buyer.client.refundPayment(payment.id, { amount: 7_77, reason: 'part' }, randomUUID());
    const [position = 0n] = await balances('USD', 'fx_position');
    expect(position).toBe(-(20_01n - 7_77n));
    const [deferred = 0n] = await balances('JPY', 'seller_deferred');
    expect(deferred < 0n && -deferred < BigInt(promised.convertedAmount)).toBe(true);
  });

  test('that is disputed and won is as it was, and the fee is the platform’s', async () => {
    const payment = await paymentBy(await quote({ amount: 50_00 }));
    const { reference } = await buyer.client.capturePayment(payment.id, {}, randomUUID());
    const accounts = ['seller_deferred', 'commission', 'fx_position', 'fx_revenue', 'fx_residue'];
    const before = await balances('EUR', ...accounts);
    const acquirer = acquirerOf(here);
    const { id } = await acquirer.dispute(reference);
    await acquirer.allTaken();
    const taken = await balances('EUR', ...accounts);
    expect(taken).not.toEqual(before);
    expect(await balances('USD', 'dispute_fee')).not.toEqual([0n]);
    await acquirer.move(id, 'won');
    await acquirer.allTaken();
    expect(await balances('EUR', ...accounts)).toEqual(before);
    expect(await buyer.client.getPayment(payment.id)).toMatchObject({ status: 'captured' });
  });

  test('uses it up: of ten at once exactly one is made', async () => {
    const promised = await quote();
    const made = await Promise.allSettled(Array.from({ length: 10 }, () => paymentBy(promised)));
    const refused = made.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
    expect(refused).toEqual(Array.from({ length: 9 }, () => expect.objectContaining({ code: 'fx_quote_used' })));
    await expect(paymentBy(promised)).rejects.toMatchObject({ code: 'fx_quote_used' });
  });

  test('asked for again is the same payment', async () => {
    next += 1;
    const { id: fxQuoteId } = await quote();
    const token = await buyer.token(cardNumber(next));
    const body = { ...paymentOf(here, token, next, 100_03), currency: 'USD', fxQuoteId };
    const first = await buyer.client.createPayment(body, 'again');
    expect(await buyer.client.createPayment(body, 'again')).toEqual(first);
    await expect(buyer.client.createPayment({ ...body, amount: 1 }, 'again')).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
  });

  test('whose writes fail or whose answers get lost is made once, and its key finds it', async () => {
    const asked = await Promise.all(
      (['error_before', 'error_after', 'error_before', 'error_after'] as const).map(async (kind, index) => {
        next += 1;
        const own = next;
        const { id: fxQuoteId } = await quote();
        const token = await buyer.token(cardNumber(own));
        const body = { ...paymentOf(here, token, own, 100_03), currency: 'USD', fxQuoteId };
        return { kind, body, key: `lost-${index}` };
      }),
    );
    for (const { kind, body, key } of asked) {
      here.cloud.faults.add({ service: 'dynamodb', operation: 'TransactWriteItems', kind, rate: 0.7, seed: next });
      await askOnce(body, key);
      here.cloud.faults.clear();
    }
    await here.advance('PT15M');
    for (const { body, key } of asked) {
      const { id, conversion } = await buyer.client.createPayment(body, key);
      expect(conversion).toMatchObject({ quoteId: body.fxQuoteId });
      expect(['authorized', 'failed']).toContain((await buyer.client.getPayment(id)).status);
      await expect(buyer.client.createPayment(body, `${key}-other`)).rejects.toMatchObject({ code: 'fx_quote_used' });
    }
  }, 120_000);

  test.each([
    ['of nobody', {}, { fxQuoteId: 'fxq_00000000000000000000000000' }, 'fx_quote_unknown'],
    ['for another amount', {}, { amount: 100_04 }, 'fx_quote_mismatch'],
    ['from another currency', {}, { currency: 'GBP' }, 'fx_quote_mismatch'],
    ['into a currency that the seller does not take', { to: 'SEK' }, {}, 'currency_not_accepted'],
    ['that is none', {}, { fxQuoteId: 'fxq_1' }, 'invalid_request'],
  ])('%s is refused, and does not use it', async (_what, asked, changes, code) => {
    const promised = await quote(asked);
    await expect(paymentBy(promised, changes)).rejects.toMatchObject({ code });
    if (code === 'fx_quote_mismatch') expect(await paymentBy(promised)).toMatchObject({ status: 'authorized' });
  });

  test('that is over is refused, and never priced again', async () => {
    const promised = await quote({ lock: '5m' });
    await here.advance('PT6M');
    await expect(paymentBy(promised)).rejects.toMatchObject({ code: 'fx_quote_expired' });
  });
});

test('the books fit after all of it, in each currency', async () => {
  await here.advance('PT25M');
  const { findings, totals } = provenBooks(here.dataDir);
  expect(findings).toEqual([]);
  expect(new Set(totals.map(({ currency }) => currency))).toEqual(new Set(['EUR', 'USD', 'JPY']));
  const { currencies } = await operator().getTrialBalance();
  for (const { currency, difference } of currencies) expect([currency, difference]).toEqual([currency, '0']);
});
