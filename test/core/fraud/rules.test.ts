import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RuleFacts } from '../../../core/fraud/rules.ts';
import { defaultLimits, scoreByRules } from '../../../core/fraud/rules.ts';

const honest: RuleFacts = {
  amount: 4200n,
  currency: 'EUR',
  billingCountry: 'DE',
  shippingCountry: 'DE',
  cardAttempts: 1,
  addressAttempts: 1,
  deviceAttempts: 1,
  cardDeclines: 0,
};
const score = (features: RuleFacts) => scoreByRules(features, defaultLimits);

describe('the rules', () => {
  test('let an honest payment through without a reason', () => {
    expect(score(honest)).toEqual({ score: 0, decision: 'approve', reasons: [], decidedBy: 'rules' });
  });

  test.each([
    ['the tenth payment with a card', { cardAttempts: 10 }, 'approve', []],
    ['the eleventh payment with a card within an hour', { cardAttempts: 11 }, 'decline', ['card_velocity']],
    ['the fourth decline by the issuer', { cardDeclines: 4 }, 'decline', ['card_declines']],
    ['a device that pays 21 times within an hour', { deviceAttempts: 21 }, 'decline', ['device_velocity']],
    ['a crowded network address alone', { addressAttempts: 51 }, 'review', ['address_velocity']],
    ['an amount of 10,000.00 EUR', { amount: 1_000_000n }, 'approve', []],
    ['an amount of 10,000.01 EUR', { amount: 1_000_001n }, 'review', ['amount_high']],
    ['an amount of 1,700,001 JPY', { amount: 1_700_001n, currency: 'JPY' }, 'review', ['amount_high']],
    ['an amount of 1,699,999 JPY', { amount: 1_699_999n, currency: 'JPY' }, 'approve', []],
    [
      'a high amount from a crowded address',
      { amount: 1_000_001n, addressAttempts: 51 },
      'decline',
      ['address_velocity', 'amount_high'],
    ],
    ['what operators blocked', { listed: 'block' as const }, 'decline', ['listed']],
    ['goods that go abroad', { shippingCountry: 'FR' }, 'approve', ['country_mismatch']],
  ])('%s', (_case, change, decision, codes) => {
    const assessment = score({ ...honest, ...change });
    expect(assessment.decision).toBe(decision);
    expect(assessment.reasons.map(({ code }) => code)).toEqual(codes);
  });

  test('never trust more when there is more to doubt', () => {
    const count = fc.integer({ min: 0, max: 200 });
    fc.assert(
      fc.property(count, count, count, count, (cardAttempts, addressAttempts, deviceAttempts, cardDeclines) => {
        const features = { ...honest, cardAttempts, addressAttempts, deviceAttempts, cardDeclines };
        const base = score(features).score;
        expect(base).toBeLessThanOrEqual(1);
        for (const more of ['cardAttempts', 'addressAttempts', 'deviceAttempts', 'cardDeclines'] as const) {
          expect(score({ ...features, [more]: features[more] + 1 }).score).toBeGreaterThanOrEqual(base);
        }
      }),
    );
  });
});
