import { describe, expect, test } from '@jest/globals';
import { labelOfDispute, verdictOfLabels } from '../../../core/fraud/label.ts';

const at = '2026-11-27T10:00:00.000Z';
const dispute = { paymentId: 'pay_1', kind: 'chargeback', reason: 'fraudulent', state: 'needs_response', at };

describe('what a dispute tells', () => {
  test.each([
    ['a chargeback for fraud', {}, true],
    ['one that was lost', { state: 'lost' }, true],
    ['one that we won', { state: 'won' }, false],
    ['a chargeback for goods', { reason: 'product_not_received' }, undefined],
    ['an inquiry', { kind: 'inquiry', state: 'warning_needs_response' }, undefined],
  ])('%s', (_name, change, isFraud) => {
    expect(labelOfDispute({ ...dispute, ...change })?.isFraud).toBe(isFraud);
  });

  test('holds from when it happened', () => {
    expect(labelOfDispute(dispute)).toEqual({ paymentId: 'pay_1', source: 'dispute', isFraud: true, knownAt: at });
  });
});

describe('what several labels come to', () => {
  test.each([
    ['nothing', [], undefined],
    ['a reviewer alone', [['review', true]], true],
    [
      'the cardholder before a reviewer',
      [
        ['review', false],
        ['dispute', true],
      ],
      true,
    ],
    [
      'a dispute that was won before an issuer',
      [
        ['fraud_notice', true],
        ['dispute', false],
      ],
      false,
    ],
    [
      'an issuer before a reviewer',
      [
        ['review', false],
        ['fraud_notice', true],
      ],
      true,
    ],
  ] as const)('%s', (_name, labels, isFraud) => {
    expect(verdictOfLabels(labels.map(([source, fraud]) => ({ source, isFraud: fraud })))).toBe(isFraud);
  });
});
