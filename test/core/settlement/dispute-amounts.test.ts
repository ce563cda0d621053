import { describe, expect, test } from '@jest/globals';
import type { Dispute, DisputeStep } from '../../../core/disputes/dispute.ts';
import type { Posting } from '../../../core/ledger/posting.ts';
import { chargebackPostings, wonPostings } from '../../../core/ledger/dispute-postings.ts';
import { disputeAnswer, disputeMovements } from '../../../core/settlement/dispute-amounts.ts';

const paymentId = 'pay_1';
const dispute: Dispute = {
  ...{ id: 'dsp_1', acquirerReference: 'dispute-1', version: 1, kind: 'chargeback', state: 'needs_response' },
  ...{ reason: 'fraudulent', amount: 1250n, currency: 'EUR', fee: 1500n, feeReturned: 0n },
  ...{ paymentId, captureId: 'cap_1', sellerId: 'sel_1', feeBearer: 'platform', excess: 0n },
  ...{ openedAt: '2026-11-22T10:00:00.000Z', replyBy: '2026-12-22T10:00:00.000Z' },
  ...{ createdAt: '2026-11-22T10:00:00.000Z', updatedAt: '2026-11-22T10:00:00.000Z' },
};
const taken = { EUR: { gross: -1250n, fee: 1500n, net: -2750n } };
const returned = { EUR: { gross: 1250n, fee: -1500n, net: 2750n } };

describe('what our book says of a dispute that the acquirer settles', () => {
  test.each([
    ['a chargeback took its amount and its fee', {}, 'chargeback', { kind: 'succeeded', paymentId, amounts: taken }],
    ['so it did when it was lost', { state: 'lost' }, 'chargeback', { kind: 'succeeded', paymentId, amounts: taken }],
    [
      'an inquiry took nothing: its chargeback may be on its way',
      { kind: 'inquiry', state: 'warning_needs_response' },
      'chargeback',
      { kind: 'pending', paymentId },
    ],
    [
      'one that was won gives back the amount, and the fee that the terms say',
      { state: 'won', feeReturned: 1500n },
      'chargeback_reversal',
      { kind: 'succeeded', paymentId, amounts: returned },
    ],
    ['one that is open gives nothing back yet', {}, 'chargeback_reversal', { kind: 'pending', paymentId }],
    ['one that was lost never will', { state: 'lost' }, 'chargeback_reversal', { kind: 'failed', paymentId }],
  ] as const)('%s', (_rule, change, operation, answer) => {
    expect(disputeAnswer({ ...dispute, ...change }, operation)).toEqual(answer);
  });
});

describe('what a transition of a dispute put on clearing', () => {
  const settled = { currency: 'EUR', commission: 187n, sellersPart: 1063n };
  const seller = { amount: 1250n, currency: 'EUR', sellerId: 'sel_1', settled, feeBearer: 'platform' } as const;
  const opened = chargebackPostings({
    ...seller,
    ...{ fromDeferred: 1063n, fromReceivable: 0n, excess: 0n, fee: 1500n },
  });
  const won = wonPostings({ ...seller, excess: 0n, feeReturned: 1500n });
  const step = (change: Partial<DisputeStep>): DisputeStep => ({
    ...{ id: 'dsp_1', version: 1, kind: 'chargeback', to: 'needs_response', amount: 1250n, currency: 'EUR' },
    ...{ fee: 1500n, reason: 'fraudulent', captureId: 'cap_1' },
    ...change,
  });
  const named = { reference: 'dispute-1', paymentId, currency: 'EUR' };
  const chargeback = { ...named, operation: 'chargeback', net: -2750n };
  const reversal = { ...named, operation: 'chargeback_reversal', net: 2750n };

  test.each<[string, DisputeStep, readonly Posting[], readonly object[]]>([
    ['an opening is a chargeback', step({}), opened, [chargeback]],
    ['so is an inquiry that went on', step({ from: 'warning_under_review' }), opened, [chargeback]],
    ['a winning is a reversal', step({ from: 'under_review', to: 'won' }), won, [reversal]],
    ['won before we heard of it is both', step({ to: 'won' }), [...opened, ...won], [chargeback, reversal]],
    ['losing moves nothing', step({ from: 'under_review', to: 'lost' }), [], []],
    ['an inquiry moves nothing', step({ kind: 'inquiry', to: 'warning_needs_response' }), [], []],
  ])('%s', (_rule, moved, postings, movements) => {
    expect(disputeMovements(moved, postings, { reference: 'dispute-1', paymentId })).toEqual(movements);
  });
});
