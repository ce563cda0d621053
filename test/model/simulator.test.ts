import { describe, expect, test } from '@jest/globals';
import { testOnSimulation, trainOnSimulation } from '../../model/evaluation/evaluate-simulation.ts';
import { attackKinds } from '../../model/simulator/payment.ts';
import { simulate } from '../../model/simulator/simulate.ts';

const size = { customers: 2000, sellers: 150, days: 63 };

describe('a simulated market', () => {
  const payments = simulate({ ...size, seed: 12 });

  test('is the same for the same seed, and another for another', () => {
    const small = { customers: 50, sellers: 10, days: 10 };
    expect(simulate({ ...small, seed: 1 })).toEqual(simulate({ ...small, seed: 1 }));
    expect(simulate({ ...small, seed: 2 })).not.toEqual(simulate({ ...small, seed: 1 }));
  });

  test('has payments in the order of their times, most of them honest, and attacks of every kind', () => {
    expect(payments.every(({ at }, index) => at >= (payments[index - 1]?.at ?? 0) && at < size.days)).toBe(true);
    expect(payments.every(({ amount }) => Number.isSafeInteger(amount) && amount > 0)).toBe(true);
    const attacks = payments.filter(({ attack }) => attack !== undefined);
    expect(new Set(attacks.map(({ attack }) => attack))).toEqual(new Set(attackKinds));
    expect(attacks.length / payments.length).toBeGreaterThan(0.005);
    expect(attacks.length / payments.length).toBeLessThan(0.05);
  });

  test('is told apart by a model that was trained on its weeks before, at the cost of few honest payments', () => {
    const days = { training: { from: 14, to: 35 }, heldOut: { from: 42, to: 49 }, test: { from: 49, to: 63 } };
    // As many as the shipped model learns from.
    const attacked = simulate({ ...size, seed: 12, attackRate: 4 });
    const { caught, hindered, attacks, averagePrecision } = testOnSimulation(trainOnSimulation(attacked, days), 0.005);
    // Each kind was there often enough to say something of it.
    expect(Math.min(...Object.values(attacks))).toBeGreaterThan(3);
    expect(caught.card_testing).toBeGreaterThan(0.8);
    expect(caught.stolen_gift_cards).toBeGreaterThan(0.6);
    expect(caught.account_takeover).toBeGreaterThan(0.5);
    expect(caught.collusion).toBeGreaterThan(0.2);
    expect(caught.amount_anomaly).toBeGreaterThan(0.3);
    expect(hindered).toBeLessThan(0.012);
    expect(averagePrecision).toBeGreaterThan(0.85);
  });
});
