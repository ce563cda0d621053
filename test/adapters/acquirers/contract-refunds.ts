import { describe, expect, test } from '@jest/globals';
import { aRequest } from './cards.ts';
import type { Bench } from './contract.ts';
import { aCapture, aRefund, givenAuthorized, givenCaptured } from './payments.ts';

const accepted = { kind: 'accepted', networkReference: expect.stringMatching(/./u) };
const refused = (code: string) => ({ kind: 'refused', code });

/** The rules of RefundsPayments. */
export function refundRules(bench: Bench): void {
  const { refunding, capturing, cancelling, recordOf, subject, failureOf } = bench;

  describe('that refunds payments', () => {
    test('a refund returns the amount exactly', async () => {
      const refund = aRefund(await givenCaptured(bench), { amount: 7n });
      expect(await refunding().refund(refund)).toEqual(accepted);
      const record = await recordOf(refund.reference);
      expect(record?.currency).toBe('EUR');
      expect(record?.state).toMatch(/^(?:accepted|approved)$/u);
      expect(subject.minorUnits(record?.amount)).toBe(7n);
    });

    test('several refunds may return up to the captured amount, and none beyond', async () => {
      const payment = await givenCaptured(bench);
      expect(await refunding().refund(aRefund(payment, { amount: 600n }))).toEqual(accepted);
      expect(await refunding().refund(aRefund(payment, { amount: 651n }))).toEqual(refused('amount_exceeds_captured'));
      expect(await refunding().refund(aRefund(payment, { amount: 650n }))).toEqual(accepted);
      expect(await refunding().refund(aRefund(payment, { amount: 1n }))).toEqual(refused('amount_exceeds_captured'));
    });

    test('refunds that race never return more than was captured, and those that fit go through', async () => {
      const payment = await givenCaptured(bench);
      const refunds = Array.from({ length: 50 }, () => aRefund(payment, { amount: 100n }));
      const outcomes = await Promise.all(refunds.map((refund) => refunding().refund(refund)));
      expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(12);
      expect(outcomes.filter(({ kind }) => kind === 'refused')).toEqual(
        Array.from({ length: 38 }, () => refused('amount_exceeds_captured')),
      );
    });

    test('nothing is refunded of what was never captured: declined, cancelled or only held', async () => {
      const declined = aRequest({ card: { number: '4000000000009995' } });
      await refunding().authorize(declined);
      const cancelled = await givenAuthorized(bench);
      await cancelling().cancel(cancelled.reference);
      const payments = [declined, cancelled, ...(subject.holds ? [await givenAuthorized(bench)] : [])];
      for (const payment of payments)
        expect(await refunding().refund(aRefund(payment))).toEqual(refused('amount_exceeds_captured'));
    });

    test('a refund of a payment that was never made is refused', async () => {
      expect(await refunding().refund(aRefund(aRequest()))).toEqual(refused('authorization_unknown'));
    });

    test('a refund in another currency than the payment is refused', async () => {
      const payment = await givenCaptured(bench);
      expect(await refunding().refund(aRefund(payment, { currency: 'USD' }))).toEqual(refused('currency_mismatch'));
    });

    test.each([0n, -1n])('a refund of %s is never sent', async (amount) => {
      const refund = aRefund(await givenCaptured(bench), { amount });
      expect(await failureOf(refunding().refund(refund))).toBeInstanceOf(RangeError);
      expect(await recordOf(refund.reference)).toBeUndefined();
    });

    if (subject.capabilities.capture) {
      test('captures and refunds that race end with no more refunded than captured', async () => {
        const payment = await givenAuthorized(bench);
        const outcomes = await Promise.all(
          Array.from({ length: 12 }, () => [
            capturing().capture(aCapture(payment, { amount: 100n })),
            refunding().refund(aRefund(payment, { amount: 150n })),
          ]).flat(),
        );
        const sum = (parity: number, amount: number) =>
          outcomes.filter(({ kind }, index) => index % 2 === parity && kind === 'accepted').length * amount;
        expect(sum(0, 100)).toBe(1200);
        expect(sum(1, 150)).toBeLessThanOrEqual(1200);
      });
    }
  });
}
