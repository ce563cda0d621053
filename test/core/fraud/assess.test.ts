import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assess } from '../../../core/fraud/assess.ts';
import type { ModelWord } from '../../../core/fraud/assess.ts';
import { decideByCost, defaultCosts, expectedCosts } from '../../../core/fraud/decide.ts';
import type { RuleFacts } from '../../../core/fraud/rules.ts';
import { defaultLimits } from '../../../core/fraud/rules.ts';

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const amount = fc.bigInt({ min: 1n, max: 100_000_000n });
const severity = { approve: 0, review: 1, decline: 2 };
const settings = { limits: defaultLimits, costs: defaultCosts };
const honest: RuleFacts = {
  ...{ amount: 4200n, currency: 'EUR', billingCountry: 'DE', shippingCountry: 'DE' },
  ...{ cardAttempts: 1, addressAttempts: 1, deviceAttempts: 1, cardDeclines: 0 },
};
const word = (found: number): ModelWord => ({
  probability: found,
  reasons: [{ code: 'amount_unusual', text: 'The amount is unusual' }],
});

describe('a decision by costs', () => {
  test('costs least of all that can be taken, and never asks people who have no time', () => {
    fc.assert(
      fc.property(probability, amount, fc.boolean(), (found, units, isBusy) => {
        const payment = { amount: units, currency: 'EUR' };
        const costs = expectedCosts(found, payment, defaultCosts);
        const decision = decideByCost(found, payment, defaultCosts, isBusy ? defaultCosts.reviewsPerDay : 0);
        const possible = isBusy ? [costs.approve, costs.decline] : Object.values(costs);
        expect(costs[decision]).toBe(Math.min(...possible));
        if (isBusy) expect(decision).not.toBe('review');
      }),
    );
  });

  test('is never milder for a payment that is more probably fraud', () => {
    fc.assert(
      fc.property(probability, probability, amount, (one, other, units) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const decide = (found: number) =>
          severity[decideByCost(found, { amount: units, currency: 'EUR' }, defaultCosts, 0)];
        expect(decide(high)).toBeGreaterThanOrEqual(decide(low));
      }),
    );
  });

  test.each([
    [0.01, 4200n, 'EUR', 'approve'],
    [0.2, 4200n, 'EUR', 'review'],
    [0.9, 4200n, 'EUR', 'decline'],
    // What is worth as much is doubted as much: 700,000 JPY are about 4,100 EUR, 4,200 JPY about 25.
    [0.01, 700_000n, 'JPY', 'review'],
    [0.01, 4200n, 'JPY', 'approve'],
    [0.005, 1_000_000n, 'KWD', 'review'],
  ] as const)('at %f for %s %s is to %s', (found, units, currency, expected) => {
    expect(decideByCost(found, { amount: units, currency }, defaultCosts, 0)).toBe(expected);
  });
});

describe('rules and model together', () => {
  test('decide as strictly as the stricter of both', () => {
    fc.assert(
      fc.property(probability, fc.integer({ min: 1, max: 60 }), (found, addressAttempts) => {
        const facts = { ...honest, addressAttempts };
        const alone = assess(facts, undefined, settings, 0);
        const both = assess(facts, word(found), settings, 0);
        const byModel = decideByCost(found, facts, defaultCosts, 0);
        expect(severity[both.decision]).toBe(Math.max(severity[alone.decision], severity[byModel]));
        expect(both.score).toBeGreaterThanOrEqual(Math.round(found * 10_000) / 10_000);
        expect([alone.decidedBy, both.decidedBy]).toEqual(['rules', 'model']);
      }),
    );
  });

  test('tell the reasons of both where a payment is doubted, each once, and none of the model where it is approved', () => {
    const codes = (facts: RuleFacts, found: number) =>
      assess(facts, word(found), settings, 0).reasons.map(({ code }) => code);
    expect(codes(honest, 0.001)).toEqual([]);
    expect(codes({ ...honest, shippingCountry: 'FR' }, 0.001)).toEqual(['country_mismatch']);
    expect(codes({ ...honest, addressAttempts: 60 }, 0.9)).toEqual(['address_velocity', 'amount_unusual']);
  });

  test('approve what operators allowed, unless a limit is passed, and decline what they blocked', () => {
    const decision = (facts: Partial<RuleFacts>) => assess({ ...honest, ...facts }, word(0.99), settings, 0).decision;
    expect(decision({})).toBe('decline');
    expect(decision({ listed: 'allow' })).toBe('approve');
    expect(decision({ listed: 'allow', cardAttempts: 11 })).toBe('decline');
    expect(decision({ listed: 'block' })).toBe('decline');
  });
});
