import { describe, expect, test } from '@jest/globals';
import { parseNotification } from '../../../adapters/acquirers/simulated/parse-notification.ts';

const dispute = {
  id: 'dispute-1',
  version: 2,
  kind: 'chargeback',
  state: 'under_review',
  reason: 'product_not_received',
  amount: 9_007_199_254_740_991,
  currency: 'JPY',
  fee: 1500,
  feeReturned: 0,
  captureReference: 'pay_1-cap_1',
  authorizationReference: 'pay_1-authorization-1',
  openedAt: '2026-11-22T11:00:00+01:00',
};
const told = (changes: object = {}) => ({
  type: 'dispute.updated',
  timestamp: '2026-11-22T10:00:00.000Z',
  data: { ...dispute, ...changes },
});

describe("an acquirer's notification of a dispute", () => {
  test('is read: amounts to the last digit, times in UTC, and fields that are new to us left alone', () => {
    const { id, amount, fee, feeReturned, ...same } = dispute;
    expect(parseNotification(told({ mood: 'bad' }))).toEqual({
      kind: 'dispute',
      notice: {
        ...same,
        ...{ acquirerReference: id, amount: BigInt(amount), fee: BigInt(fee), feeReturned: BigInt(feeReturned) },
        openedAt: '2026-11-22T10:00:00.000Z',
      },
    });
  });

  test.each([
    ['no amount', { amount: 0 }],
    ['an amount below zero', { amount: -1 }],
    ['a fraction', { amount: 1.5 }],
    ['an amount beyond the exact numbers', { amount: 2 ** 53 }],
    ['an amount as text', { amount: '100' }],
    ['a fee below zero', { fee: -1 }],
    ['no version', { version: 0 }],
    ['a state of nobody', { state: 'thinking' }],
    ['a kind of nobody', { kind: 'complaint' }],
    ['a reason with a card number in it', { reason: '4242424242424242' }],
    ['a currency in small letters', { currency: 'eur' }],
    ['no reference', { captureReference: '' }],
    ['a reference too long', { captureReference: 'x'.repeat(65) }],
    ['a time that is none', { openedAt: 'yesterday' }],
  ])('(%s) cannot be read', (_what, changes) => {
    expect(parseNotification(told(changes))).toEqual({ kind: 'unreadable' });
  });

  test.each([[undefined], [null], [17], ['dispute.opened'], [[]], [{ data: dispute }], [{ type: 5, data: dispute }]])(
    '%j is no notification',
    (body) => {
      expect(parseNotification(body)).toEqual({ kind: 'unreadable' });
    },
  );

  test('of anything else is none of ours', () => {
    expect(parseNotification({ ...told(), type: 'payout.sent' })).toEqual({ kind: 'other' });
  });
});
