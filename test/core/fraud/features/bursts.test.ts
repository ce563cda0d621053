import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Bursts } from '../../../../core/fraud/features/bursts.ts';
import { burstFeatures, burstsAfter, mostNoted, noBursts } from '../../../../core/fraud/features/bursts.ts';

const start = 20_000;
const minute = 1 / 1440;
const step = fc.record({ after: fc.double({ min: 0, max: 0.4, noNaN: true }), isDecline: fc.boolean() });

const somePayment = { kind: 'payment', amount: 100, card: '', buyer: '', device: '', address: '' } as const;
const burstsAfterPayment = (bursts: Bursts, at: number, other: string) =>
  burstsAfter(bursts, { ...somePayment, at, countriesDiffer: false, byGiftCard: false }, other);
const burstsAfterDecline = (bursts: Bursts, at: number) => burstsAfter(bursts, { kind: 'decline', at }, '');

describe('bursts', () => {
  test('are what each payment of this day and the one before has left of itself', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.double({ min: 0, max: 3, noNaN: true }), (steps, later) => {
        const happened: { at: number; isDecline: boolean }[] = [];
        let bursts = noBursts(start);
        let at = start;
        for (const { after, isDecline } of steps) {
          at += after;
          happened.push({ at, isDecline });
          bursts = isDecline ? burstsAfterDecline(bursts, at) : burstsAfterPayment(bursts, at, 'another');
        }
        const now = at + later;
        const remembered = happened.filter((each) => Math.floor(now) - Math.floor(each.at) <= 1);
        const left = (isDecline: boolean, halfLife: number) =>
          remembered
            .filter((each) => each.isDecline === isDecline)
            .reduce((sum, each) => sum + 2 ** (-(now - each.at) / halfLife), 0);
        const expected = [left(false, 20 * minute), left(false, 1 / 24), left(false, 0.25), left(true, 1 / 24)];
        for (const [index, value] of expected.entries())
          expect(burstFeatures(bursts, now, '')[index]).toBeCloseTo(value, 9);
      }),
    );
  });

  test('count each other once, themselves never, and note no more than so many payments of a day', () => {
    const after = (others: readonly string[]) =>
      others.reduce((bursts: Bursts, other) => burstsAfterPayment(bursts, start, other), noBursts(start));
    expect(burstFeatures(after(['a', 'b', 'a', '']), start, 'b').at(-1)).toBe(1);
    const many = after(Array.from({ length: mostNoted + 20 }, (_, index) => `card-${index}`));
    expect(burstFeatures(many, start, '').at(-1)).toBe(mostNoted);
    expect(burstFeatures(many, start, '')[0]).toBe(mostNoted + 20);
  });

  test('take what comes a day late, and leave alone what comes later', () => {
    const today = burstsAfterPayment(noBursts(start + 5), start + 5.5, '');
    const sixHours = (bursts: Bursts) => burstFeatures(bursts, start + 5.5, '')[2];
    expect(sixHours(burstsAfterPayment(today, start + 4.9, ''))).toBeGreaterThan(1);
    expect(burstsAfterPayment(today, start + 3.9, '')).toEqual(today);
  });
});
