import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FraudEvent, PaymentEvent } from '../../../../core/fraud/features/events.ts';
import {
  featureNames,
  features,
  featureSchemaHash,
  newState,
  ratioOf,
  update,
} from '../../../../core/fraud/features/features.ts';

const start = 20_000;
const payment = (at: number, amount: number): PaymentEvent => ({ kind: 'payment', at: start + at, amount });
const label = (at: number, isFraud: boolean, ratio = 1, amount = 5000): FraudEvent => ({
  ...{ kind: 'label', at: start + at, isFraud, ratio, amount },
});
const after = (...events: readonly FraudEvent[]) => events.reduce(update, newState(start));
const named = (state: ReturnType<typeof newState>, event: PaymentEvent) =>
  Object.fromEntries(features(state, event).map((value, index) => [featureNames[index] ?? '', value]));

const event = fc.record({
  isLabel: fc.boolean(),
  after: fc.double({ min: 0, max: 40, noNaN: true }),
  amount: fc.integer({ min: 1, max: 10_000_000 }),
  isFraud: fc.boolean(),
  ratio: fc.double({ min: 0, max: 100, noNaN: true }),
});

describe('the features of a payment', () => {
  test('are one for each name, finite whatever happened, and the same after the state was stored', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (steps) => {
        let at = 0;
        let state = newState(start);
        for (const { isLabel, after: days, amount, isFraud, ratio } of steps) {
          at += days;
          state = update(state, isLabel ? label(at, isFraud, ratio, amount) : payment(at, amount));
        }
        const asked = payment(at + 1, 4200);
        const vector = features(state, asked);
        expect(vector).toHaveLength(featureNames.length);
        expect(vector.filter((value) => !Number.isFinite(value))).toEqual([]);
        expect(features(structuredClone(state), asked)).toEqual(vector);
      }),
    );
  });

  test('tell an amount that is unusual for its card', () => {
    const state = after(...Array.from({ length: 20 }, (_, day) => payment(day, 2000)));
    expect(ratioOf(state, payment(20, 2000))).toBeCloseTo(1, 0);
    expect(named(state, payment(20, 10_000))['amount_ratio']).toBeGreaterThan(4);
    // One payment far above does not make the next look usual.
    expect(ratioOf(update(state, payment(20, 100_000)), payment(21, 10_000))).toBeGreaterThan(3.5);
    expect(named(update(state, payment(20, 100_000)), payment(20.5, 2000))['card_high_amounts']).toBeGreaterThan(0.9);
  });

  test('tell sellers at whom frauds became known, and how long ago', () => {
    const state = after(label(1, true), label(3, true), label(4, false), label(5, false));
    expect(named(state, payment(6, 5000))).toMatchObject({
      seller_days_since_first_fraud: 5,
      seller_days_since_last_fraud: 3,
      seller_genuine_since_fraud: 2,
    });
    const another = update(state, label(50, true));
    expect(named(another, payment(52, 5000))).toMatchObject({ seller_days_since_first_fraud: 2 });
  });

  test('tell frauds of usual amounts from those that their amount explains', () => {
    const explained = named(after(label(1, true, 5)), payment(1, 5000));
    const unexplained = named(after(label(1, true, 1)), payment(1, 5000));
    expect([explained['seller_usual_frauds_7d'], unexplained['seller_usual_frauds_7d']]).toEqual([0, 1]);
  });

  test('have a hash that names them', () => {
    expect(featureSchemaHash).toMatch(/^[0-9a-f]{16}$/u);
    expect(new Set(featureNames).size).toBe(featureNames.length);
  });
});
