import { afterEach, describe, expect, test } from '@jest/globals';
import { acquirerErrorNames } from '../../../core/payments/acquirer.ts';
import { aRequest } from './cards.ts';
import type { Bench } from './contract.ts';
import { aCapture, aRefund, givenAuthorized } from './payments.ts';

const accepted = { kind: 'accepted', networkReference: expect.stringMatching(/./u) };
const refused = (code: string) => ({ kind: 'refused', code });
const day = 86_400_000;

/** The rules of CapturesAuthorizations. */
export function captureRules(bench: Bench): void {
  describe('that captures authorizations', () => {
    afterEach(async () => {
      await bench.simulator().post('/clock', { offsetMilliseconds: 0 });
    });
    capRules(bench);
    closingRules(bench);
    referenceRules(bench);
  });
}

function capRules(bench: Bench): void {
  const { capturing, recordOf, subject } = bench;

  test.each([
    ['EUR', 1250n],
    ['JPY', 1n],
    ['KWD', 1_000_000_000_001n],
  ])('a capture moves the amount exactly: %s %s', async (currency, amount) => {
    const capture = aCapture(await givenAuthorized(bench, { currency, amount }));
    expect(await capturing().capture(capture)).toEqual(accepted);
    const record = await recordOf(capture.reference);
    expect(record).toMatchObject({ operation: 'capture', currency, state: 'accepted' });
    expect(subject.minorUnits(record?.amount)).toBe(amount);
  });

  test('several captures may take up to the authorized amount, and none beyond', async () => {
    const payment = await givenAuthorized(bench);
    expect(await capturing().capture(aCapture(payment, { amount: 600n }))).toEqual(accepted);
    expect(await capturing().capture(aCapture(payment, { amount: 651n }))).toEqual(
      refused('amount_exceeds_authorized'),
    );
    expect(await capturing().capture(aCapture(payment, { amount: 650n }))).toEqual(accepted);
    expect(await capturing().capture(aCapture(payment, { amount: 1n }))).toEqual(refused('amount_exceeds_authorized'));
  });

  test('captures that race never take more than was authorized, and those that fit go through', async () => {
    const payment = await givenAuthorized(bench);
    const captures = Array.from({ length: 30 }, () => aCapture(payment, { amount: 100n }));
    const outcomes = await Promise.all(captures.map((capture) => capturing().capture(capture)));
    expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(12);
    expect(outcomes.filter(({ kind }) => kind === 'refused')).toEqual(
      Array.from({ length: 18 }, () => refused('amount_exceeds_authorized')),
    );
  });

  test('a capture in another currency than the authorization is refused', async () => {
    const payment = await givenAuthorized(bench);
    expect(await capturing().capture(aCapture(payment, { currency: 'USD' }))).toEqual(refused('currency_mismatch'));
  });

  test.each([0n, -1n])('a capture of %s is never sent', async (amount) => {
    const capture = aCapture(await givenAuthorized(bench), { amount });
    expect(await bench.failureOf(capturing().capture(capture))).toBeInstanceOf(RangeError);
    expect(await recordOf(capture.reference)).toBeUndefined();
  });
}

function closingRules(bench: Bench): void {
  const { capturing, cancelling, refunding, simulator, recordOf } = bench;

  test('the final capture releases the rest', async () => {
    const payment = await givenAuthorized(bench);
    expect(await capturing().capture(aCapture(payment, { amount: 250n }))).toEqual(accepted);
    expect(await capturing().capture(aCapture(payment, { amount: 500n, isFinal: true }))).toEqual(accepted);
    expect(await capturing().capture(aCapture(payment, { amount: 1n }))).toEqual(refused('authorization_closed'));
  });

  test('a void after partial captures releases the rest, and the captures stand', async () => {
    const payment = await givenAuthorized(bench);
    const capture = aCapture(payment, { amount: 400n });
    const outcome = await capturing().capture(capture);
    expect(await cancelling().cancel(payment.reference)).toEqual({ kind: 'cancelled' });
    expect(await cancelling().cancel(payment.reference)).toEqual({ kind: 'cancelled' });
    expect(await recordOf(capture.reference)).toMatchObject({ state: 'accepted' });
    expect(await capturing().capture(capture)).toEqual(outcome);
    expect(await capturing().capture(aCapture(payment, { amount: 1n }))).toEqual(refused('authorization_closed'));
    expect(await refunding().refund(aRefund(payment, { amount: 401n }))).toEqual(refused('amount_exceeds_captured'));
    expect(await refunding().refund(aRefund(payment, { amount: 400n }))).toEqual(accepted);
  });

  test('nothing is captured of an authorization that was declined, voided or never made', async () => {
    const declined = aRequest({ card: { number: '4000000000009995' } });
    await capturing().authorize(declined);
    expect(await capturing().capture(aCapture(declined))).toEqual(refused('authorization_closed'));
    const voided = await givenAuthorized(bench);
    await cancelling().cancel(voided.reference);
    expect(await capturing().capture(aCapture(voided))).toEqual(refused('authorization_closed'));
    expect(await capturing().capture(aCapture(aRequest()))).toEqual(refused('authorization_unknown'));
  });

  test('an authorization can be captured until it expires, and refunded for longer', async () => {
    const payment = await givenAuthorized(bench);
    await simulator().post('/clock', { offsetMilliseconds: 7 * day - 60_000 });
    expect(await capturing().capture(aCapture(payment, { amount: 700n }))).toEqual(accepted);
    await simulator().post('/clock', { offsetMilliseconds: 7 * day });
    expect(await capturing().capture(aCapture(payment, { amount: 1n }))).toEqual(refused('authorization_expired'));
    expect(await refunding().refund(aRefund(payment, { amount: 700n }))).toEqual(accepted);
  });
}

function referenceRules(bench: Bench): void {
  const { capturing, failureOf } = bench;

  test.each([{ currency: 'USD' }, { isFinal: true }, { authorizationReference: 'pay_contract.other' }])(
    'a used reference with another request is refused: %p',
    async (changes) => {
      const capture = aCapture(await givenAuthorized(bench), { amount: 300n });
      const first = await capturing().capture(capture);
      const error = await failureOf(capturing().capture({ ...capture, ...changes }));
      expect(error.name).toBe(acquirerErrorNames.requestRefused);
      expect(await capturing().capture(capture)).toEqual(first);
    },
  );

  test('a reference stands for one thing: an authorization, a capture or a refund', async () => {
    const { cancelling, cancellingMovements, refunding } = bench;
    const payment = await givenAuthorized(bench);
    const capture = aCapture(payment, { amount: 300n });
    await capturing().capture(capture);
    const { reference } = payment;
    const misuses = [
      () => capturing().capture(aCapture(payment, { reference })),
      () => refunding().refund(aRefund(payment, { reference: capture.reference, amount: 300n })),
      () => capturing().authorize(aRequest({ reference: capture.reference })),
      () => cancelling().cancel(capture.reference),
      () => cancellingMovements().cancelMovement(reference),
    ];
    for (const misuse of misuses) expect((await failureOf(misuse())).name).toBe(acquirerErrorNames.requestRefused);
  });
}
