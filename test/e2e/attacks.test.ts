import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { toPaymentItem } from '../../adapters/dynamodb/payment-item.ts';
import { deriveId } from '../../core/ids.ts';
import { featureNames } from '../../core/fraud/features/features.ts';
import { vectorOf } from '../../core/fraud/features/kept-features.ts';
import { scoredPayment, toMessage } from '../../core/payments/messages.ts';
import { authorizationOrderOf } from '../../core/payments/new-payment.ts';
import type { Payment } from '../../core/payments/payment.ts';
import { attackKinds } from '../../model/simulator/payment.ts';
import type { SimulatedPayment } from '../../model/simulator/payment.ts';
import { simulate } from '../../model/simulator/simulate.ts';
import { processingPayment } from '../core/payments/fakes.ts';
import type { CloudHere } from './cloud-here.ts';
import { startCloudHere } from './cloud-here.ts';
import { invokeFunction } from './invoke-function.ts';

/** Three weeks of a market that the stack remembers, and a day on which each kind of attack goes on among honest buyers. */
const [dayOfAttacks, seed] = [21, 670];
const market = { customers: 250, sellers: 25, days: dayOfAttacks + 1, attackRate: 16, seed };
const millisecondsPerDay = 86_400_000;
/** A Wednesday, whenever this runs: the weekday is a feature. Day 0 of the Unix epoch was a Thursday. */
const firstMidnight = (Math.ceil((Date.now() / millisecondsPerDay + 1) / 7) * 7 + 6) * millisecondsPerDay;
const timeOf = ({ at }: SimulatedPayment) => new Date(firstMidnight + (at - dayOfAttacks) * millisecondsPerDay);
let here: CloudHere;

beforeAll(async () => {
  here = await startCloudHere(undefined, new Date(firstMidnight));
}, 120_000);

afterAll(async () => {
  await here.stop();
});

/** A simulated payment as the platform opens it. Gift cards pay under ids of their own, which nobody asks about here. */
function opened(simulated: SimulatedPayment, index: number): Payment {
  const { card, seller, buyer, device, address, amount, countriesDiffer, byGiftCard } = simulated;
  const { tender, ...usual } = processingPayment(BigInt(amount));
  const share = { amount: BigInt(amount), captured: 0n, refunded: 0n, capturable: 0n, refundable: 0n };
  const context = {
    ...{ ip: address, deviceId: device, userAgent: 'test' },
    ...{ billingCountry: 'DE', shippingCountry: countriesDiffer ? 'FR' : 'DE' },
  };
  return {
    ...{ ...usual, id: deriveId('pay_', String(index)), sellerId: seller, context },
    ...{ buyer: { id: buyer, email: 'buyer@example.com' }, createdAt: timeOf(simulated).toISOString() },
    ...(tender && card !== '' && { tender: { ...tender, fingerprint: card } }),
    ...(byGiftCard && { shares: [{ ...share, giftCardId: deriveId('gc_', String(index)) }] }),
  };
}

async function remember(payments: readonly Payment[]): Promise<void> {
  const records = payments.map((payment) => ({
    dynamodb: { SequenceNumber: '0', NewImage: toPaymentItem(payment) },
  }));
  await invokeFunction(here, 'FraudRememberPayments', 'RequestResponse', { Records: records });
}

/** Scores a payment at its time, as its workflow would, and lets it be remembered. */
async function score(payment: Payment) {
  const ahead = Date.parse(payment.createdAt) - (await here.now()).getTime();
  if (ahead > 1000) await here.advance(`PT${Math.floor(ahead / 1000)}S`);
  const { context } = payment;
  if (!context) throw new Error('The payment has no context');
  const order = toMessage(authorizationOrderOf(payment, context));
  const { assessment, features } = scoredPayment.parse(
    await invokeFunction(here, 'FraudScoreFraud', 'RequestResponse', order),
  );
  expect(features && vectorOf(features)).toHaveLength(featureNames.length);
  await remember([payment]);
  return assessment;
}

type Tally = Record<'approve' | 'review' | 'decline', number>;

describe('attacks among honest buyers, scored by the functions that are deployed', () => {
  const found = new Map<string, Tally>();
  const shareOf = (kind: string, ...decisions: readonly (keyof Tally)[]) => {
    const tally = found.get(kind) ?? { approve: 0, review: 0, decline: 0 };
    const all = tally.approve + tally.review + tally.decline;
    return decisions.reduce((sum, decision) => sum + tally[decision], 0) / all;
  };

  test('are of each kind, and scored by the model', async () => {
    const payments = simulate(market);
    const past = payments.flatMap((each, index) => (each.at < dayOfAttacks ? [opened(each, index)] : []));
    for (let from = 0; from < past.length; from += 100) await remember(past.slice(from, from + 100));
    for (const [index, each] of payments.entries()) {
      if (each.at < dayOfAttacks) continue;
      const { decision, decidedBy, reasons } = await score(opened(each, index));
      expect(decidedBy).toBe('model');
      if (decision !== 'approve') expect(reasons.length).toBeGreaterThan(0);
      const kind = each.attack ?? 'honest';
      const known = found.get(kind) ?? { approve: 0, review: 0, decline: 0 };
      found.set(kind, { ...known, [decision]: known[decision] + 1 });
    }
    expect(new Set(found.keys())).toEqual(new Set([...attackKinds, 'honest']));
    const lines = [...found].map(([kind, tally]) => `${kind}: ${JSON.stringify(tally)}`);
    process.stdout.write(`${lines.join('\n')}\n`);
  }, 300_000);

  test('are stopped or doubted for the most part, and few of the honest are hindered', () => {
    const caught = (kind: string) => shareOf(kind, 'review', 'decline');
    expect(caught('card_testing')).toBeGreaterThan(0.7);
    expect(caught('stolen_gift_cards')).toBeGreaterThan(0.7);
    expect(caught('account_takeover')).toBeGreaterThan(0.4);
    expect(caught('amount_anomaly')).toBeGreaterThan(0.4);
    // Of all that people look at some are honest; to decline one is another matter.
    expect(shareOf('honest', 'review')).toBeLessThan(0.08);
    expect(shareOf('honest', 'decline')).toBeLessThan(0.02);
  });
});
