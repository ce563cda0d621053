import { expect, test } from '@jest/globals';
import type { Decision } from '../../../../core/fraud/decide.ts';
import type { ObservedPayment } from '../../../../core/fraud/monitoring/ports.ts';
import { compareModels } from '../../../../core/fraud/serving/compare-models.ts';

const window = { from: new Date('2026-11-20T00:00:00.000Z'), until: new Date('2026-11-27T00:00:00.000Z') };
type Word = readonly [score: number, decision: Decision];

/** A payment that both have scored; fraud, genuine, or refused and never known. */
function scored(
  [score, decision]: Word,
  [other, otherwise]: Word,
  was: 'fraud' | 'genuine' | 'refused',
): ObservedPayment {
  const label = { paymentId: 'pay_1', source: 'dispute', isFraud: true, knownAt: '2026-11-26T00:00:00.000Z' } as const;
  return {
    ...{ score, decision, vector: [], isPaid: was !== 'refused' },
    labels: was === 'fraud' ? [label] : [],
    models: { champion: 'shipped', challenger: { model: 'mdl_a', score: other, decision: otherwise } },
  };
}

test('champion and challenger beside each other, as a hand computes it', () => {
  const payments = [
    scored([0.2, 'approve'], [0.9, 'review'], 'fraud'),
    scored([0.6, 'review'], [0.5, 'review'], 'fraud'),
    scored([0.3, 'approve'], [0.1, 'approve'], 'genuine'),
    scored([0.9, 'decline'], [0.7, 'review'], 'refused'),
    // What one of them declines is not ranked, for the other's declines are never known.
    scored([0.1, 'approve'], [0.99, 'decline'], 'fraud'),
  ];
  const others = [
    { ...scored([0.5, 'approve'], [0.5, 'approve'], 'fraud'), models: { champion: 'shipped' } },
    {
      ...scored([0.5, 'approve'], [0.5, 'approve'], 'fraud'),
      models: { champion: 'mdl_b', challenger: { model: 'mdl_a', score: 1, decision: 'decline' as const } },
    },
  ];
  expect(compareModels([...payments, ...others], { champion: 'shipped', challenger: 'mdl_a' }, window)).toEqual({
    ...{ from: '2026-11-20T00:00:00.000Z', until: '2026-11-27T00:00:00.000Z', payments: 5, decidedOtherwise: 3 },
    champion: {
      model: 'shipped',
      decisions: { approve: 3, review: 1, decline: 1 },
      quality: { payments: 4, frauds: 3, precision: 1, recall: 1 / 3, expectedFrauds: expect.closeTo(1.2, 12) },
      areaUnderRoc: 0.5,
      averagePrecision: expect.closeTo(0.5 + 0.5 * (2 / 3), 12),
    },
    challenger: {
      model: 'mdl_a',
      decisions: { approve: 1, review: 3, decline: 1 },
      quality: { payments: 4, frauds: 3, precision: 1, recall: 1, expectedFrauds: expect.closeTo(2.49, 12) },
      areaUnderRoc: 1,
      averagePrecision: 1,
    },
  });
});

test('says nothing of ranks where nothing is known', () => {
  const { champion, payments } = compareModels([], { champion: 'shipped', challenger: 'mdl_a' }, window);
  expect([payments, champion.areaUnderRoc, champion.quality]).toEqual([
    0,
    undefined,
    { payments: 0, frauds: 0, expectedFrauds: 0 },
  ]);
});
