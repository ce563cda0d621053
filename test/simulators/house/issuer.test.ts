import { describe, expect, test } from '@jest/globals';
import { judgeCard } from '../../../simulators/house/issuer.ts';

const now = Date.UTC(2026, 10, 22);
const card = { number: '4242424242424242', expMonth: 11, expYear: 2026, cvc: '123' };

describe('the issuers behind the simulators', () => {
  test('a number with one digit changed fails the Luhn check', () => {
    for (let digit = 0; digit < 10; digit += 1) {
      const verdict = judgeCard({ ...card, number: `424242424242424${digit}` }, now);
      expect(verdict).toBe(digit === 2 ? 'approved' : 'invalid_number');
    }
  });

  test('a card is good to the last moment of its month', () => {
    const end = Date.UTC(2026, 11, 1);
    expect(judgeCard(card, end - 1)).toBe('approved');
    expect(judgeCard(card, end)).toBe('expired_card');
  });

  test('a card of December ends with its year', () => {
    const ofDecember = { ...card, expMonth: 12 };
    expect(judgeCard(ofDecember, Date.UTC(2027, 0, 1) - 1)).toBe('approved');
    expect(judgeCard(ofDecember, Date.UTC(2027, 0, 1))).toBe('expired_card');
  });

  test('the wrong-code card is only wrong when a code comes with it', () => {
    const { cvc: _, ...stored } = { ...card, number: '4000000000000127' };
    expect(judgeCard({ ...stored, cvc: '123' }, now)).toBe('wrong_cvc');
    expect(judgeCard(stored, now)).toBe('approved');
  });
});
