import { describe, expect, test } from '@jest/globals';
import { toLabelItem } from '../../adapters/dynamodb/label-item.ts';
import { toTransitionItem } from '../../adapters/dynamodb/transition-item.ts';
import { featureNames, featureSchemaHash } from '../../core/fraud/features/features.ts';
import { keepFeatures } from '../../core/fraud/features/kept-features.ts';
import type { Label } from '../../core/fraud/label.ts';
import { transitionFor } from '../../core/payments/transition.ts';
import type { Outcome } from '../../core/payments/transition.ts';
import { keptPayments, splitByTime } from '../../model/evaluation/kept-payments.ts';
import { processingPayment } from '../core/payments/fakes.ts';

const asOf = new Date('2026-11-27T00:00:00.000Z');
const daysBefore = (days: number) => new Date(asOf.getTime() - days * 86_400_000);
const vector = featureNames.map((_, place) => place);
const approved: Outcome = { kind: 'approved', approvalCode: 'A', networkReference: 'N' };

/** A payment that was scored so many days ago, as the payments' table keeps it. */
function scored(id: string, days: number, outcome = approved, schema = featureSchemaHash, status = 'captured') {
  const assessment = { score: 0.1, decision: 'approve', reasons: [], decidedBy: 'model' } as const;
  const found = { assessment, features: keepFeatures(schema, vector) };
  const decided = transitionFor({ ...processingPayment(), id }, outcome, found, daysBefore(days));
  if (decided.kind === 'refused') throw new Error('an outcome of an open payment is a transition');
  const paidStatus = outcome.kind === 'approved' ? status : 'declined';
  return [toTransitionItem(decided.transition), { pk: { S: id }, sk: { S: 'payment' }, status: { S: paidStatus } }];
}

const label = (paymentId: string, isFraud: boolean, source: Label['source'] = 'dispute') =>
  toLabelItem({ paymentId, source, isFraud, knownAt: asOf.toISOString() });

describe('what a model can learn from', () => {
  test('is what somebody said of payments, and what nobody complained of in time', () => {
    const items = [
      ...[scored('pay_old', 40), scored('pay_young', 10), scored('pay_fraud', 5)].flat(),
      label('pay_fraud', true),
      ...scored('pay_cleared', 4),
      label('pay_cleared', false, 'review'),
      // Let go by a merchant, and by a reviewer who never came.
      ...scored('pay_voided', 40, approved, featureSchemaHash, 'voided'),
      ...scored('pay_waiting', 40, approved, featureSchemaHash, 'in_review'),
      ...scored('pay_blocked', 60, { kind: 'blocked' }),
      ...scored('pay_before', 50, approved, 'other features'),
    ];
    const kept = keptPayments(items, { asOf, matureDays: 30 });
    expect(kept).toMatchObject({ tooYoung: 1, unpaid: 3, ofOtherFeatures: 1 });
    expect(kept.payments.map(({ isFraud }) => isFraud)).toEqual([false, true, false]);
    expect(kept.payments[0]?.vector).toEqual(vector);
  });

  test('is split by time, and refused where too little is known', () => {
    const payments = Array.from({ length: 400 }, (_, index) => ({
      ...{ at: daysBefore(400 - index).toISOString(), vector },
      isFraud: index % 5 === 0,
    }));
    const split = splitByTime(payments);
    expect(split.kind === 'split' && [split.training.labels.length, split.heldOut.labels.length]).toEqual([300, 100]);
    expect(splitByTime(payments.slice(0, 100))).toMatchObject({
      kind: 'tooFew',
      reason: expect.stringContaining('15 to learn from'),
    });
  });
});
