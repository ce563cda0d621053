import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { toMajorUnits } from '../../../adapters/acquirers/single-message/major-units.ts';
import { singleMessageAcquirer } from '../../../adapters/acquirers/single-message/index.ts';
import type { RunningSimulator } from '../../simulators/run-simulator.ts';
import { runSimulator } from '../../simulators/run-simulator.ts';
import { aRequest } from './cards.ts';
import { acquirerContract } from './contract.ts';
import { aRefund } from './payments.ts';

acquirerContract({
  simulator: 'acquirer-single-message',
  connect: (baseUrl, timeoutMilliseconds) =>
    singleMessageAcquirer({
      baseUrl,
      authorizeTimeoutMilliseconds: timeoutMilliseconds,
      refundTimeoutMilliseconds: timeoutMilliseconds,
      cancelTimeoutMilliseconds: timeoutMilliseconds,
    }),
  capabilities: {
    lookUp: false,
    cancel: true,
    capture: false,
    refund: true,
    lookUpMovement: false,
    cancelMovement: true,
    settle: false,
  },
  cancelMovementFault: 'cancel',
  holds: false,
  minorUnits: (amount) => BigInt(String(amount).replace('.', '')),
});

describe('what only the single-message acquirer does', () => {
  let simulator: RunningSimulator;
  beforeAll(async () => {
    simulator = await runSimulator('acquirer-single-message');
  });
  afterAll(() => simulator.dispose());

  test('slow as it is by nature, it answers within the usual time-outs', async () => {
    const started = performance.now();
    expect(await singleMessageAcquirer({ baseUrl: simulator.url }).authorize(aRequest())).toMatchObject({
      kind: 'approved',
    });
    expect(performance.now() - started).toBeGreaterThan(200);
  });

  test('a day after the sale a cancellation is too late and tells the approval that stands', async () => {
    await simulator.post('/latency', { medianMs: 0 });
    const acquirer = singleMessageAcquirer({ baseUrl: simulator.url });
    const request = aRequest();
    const approval = await acquirer.authorize(request);
    await simulator.post('/clock', { offsetMilliseconds: 24 * 3_600_000 + 1_000 });
    expect(await acquirer.cancel(request.reference)).toEqual({ kind: 'tooLate', approval });
    expect(await acquirer.authorize(request)).toEqual(approval);
    await simulator.post('/clock', { offsetMilliseconds: 0 });
  });

  test('a sale of which money went back can no longer be cancelled, unless that was cancelled first', async () => {
    await simulator.post('/latency', { medianMs: 0 });
    const acquirer = singleMessageAcquirer({ baseUrl: simulator.url });
    const request = aRequest();
    const approval = await acquirer.authorize(request);
    const refund = aRefund(request, { amount: 1n });
    await acquirer.refund(refund);
    expect(await acquirer.cancel(request.reference)).toEqual({ kind: 'tooLate', approval });
    await acquirer.cancelMovement(refund.reference);
    expect(await acquirer.cancel(request.reference)).toEqual({ kind: 'cancelled' });
    expect(await acquirer.refund(aRefund(request))).toEqual({ kind: 'refused', code: 'amount_exceeds_captured' });
  });
});

describe('amounts in major units', () => {
  test.each([
    [1250n, 'EUR', '12.50'],
    [5n, 'EUR', '0.05'],
    [1250n, 'JPY', '1250'],
    [5n, 'KWD', '0.005'],
    [10_001n, 'CLF', '1.0001'],
    [9_007_199_254_740_993n, 'EUR', '90071992547409.93'],
  ])('%s minor units of %s are %s', (amount, currency, text) => {
    expect(toMajorUnits(amount, currency)).toBe(text);
  });

  test('what is not positive, or no currency, is refused', () => {
    expect(() => toMajorUnits(0n, 'EUR')).toThrow(RangeError);
    expect(() => toMajorUnits(1n, 'XXX')).toThrow(RangeError);
  });
});
