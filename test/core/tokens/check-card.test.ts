import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkCard, checkCvc } from '../../../core/tokens/check-card.ts';
import { now, visa } from './fake-vault.ts';

describe('checkCard', () => {
  test.each([
    ['4242424242424242', 'visa', '123'],
    ['4000056655665556', 'visa', '123'],
    ['4000000000009995', 'visa', '123'],
    ['5555555555554444', 'mastercard', '123'],
    ['2223003122003222', 'mastercard', '123'],
    ['378282246310005', 'american_express', '1234'],
    ['6011111111111117', 'discover', '123'],
    ['3056930009020004', 'diners_club', '123'],
    ['3566002020360505', 'jcb', '123'],
    ['6200000000000005', 'unionpay', '123'],
  ])('%s is a valid %s', (number, brand, cvc) => {
    expect(checkCard({ ...visa, number, cvc }, now)).toEqual({ kind: 'valid', brand });
  });

  test.each([
    ['fails Luhn', '4242424242424241'],
    ['fails Luhn, UnionPay too', '6200000000000004'],
    ['is too short for its brand', '42424242424242'],
    ['has eleven digits', '42424242426'],
    ['has twenty digits', '42424242424242424242'],
    ['has blanks', '4242 4242 4242 4242'],
    ['has digits of another script', '٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢'],
    ['fails Luhn and is of no brand', '9999999999999999'],
    ['is empty', ''],
  ])('a number that %s is invalid', (_name, number) => {
    expect(checkCard({ ...visa, number }, now)).toEqual({ kind: 'numberInvalid' });
  });

  test('a right number of no known brand is of an unknown one', () => {
    expect(checkCard({ ...visa, number: '9999999999999995' }, now)).toEqual({ kind: 'brandUnknown' });
  });

  test('every slip of one digit is found', () => {
    const slip = fc.tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(slip, ([position, distance]) => {
        const digit = (Number(visa.number.charAt(position)) + distance) % 10;
        const number = `${visa.number.slice(0, position)}${String(digit)}${visa.number.slice(position + 1)}`;
        expect(checkCard({ ...visa, number }, now).kind).not.toBe('valid');
      }),
    );
  });

  test.each([
    ['2026-11-30T23:59:59.999Z', 'valid'],
    ['2026-12-01T11:59:59.999Z', 'valid'],
    ['2026-12-01T12:00:00.000Z', 'expired'],
  ])('a card of 11/2026 is good until November ends in the last time zone: at %s it is %s', (at, kind) => {
    expect(checkCard({ ...visa, expMonth: 11, expYear: 2026 }, new Date(at)).kind).toBe(kind);
  });

  test('a card of December expires in January', () => {
    const card = { ...visa, expMonth: 12, expYear: 2026 };
    expect(checkCard(card, new Date('2026-12-31T23:00:00Z')).kind).toBe('valid');
    expect(checkCard(card, new Date('2027-01-02T00:00:00Z')).kind).toBe('expired');
  });

  test('a code has as many digits as its brand says', () => {
    expect(checkCard({ ...visa, cvc: '1234' }, now)).toEqual({ kind: 'cvcInvalid', digits: 3 });
    expect(checkCard({ ...visa, cvc: '12' }, now)).toEqual({ kind: 'cvcInvalid', digits: 3 });
    expect(checkCard({ ...visa, number: '378282246310005', cvc: '123' }, now)).toEqual({
      kind: 'cvcInvalid',
      digits: 4,
    });
  });

  test('a card needs no code', () => {
    const { cvc: _cvc, ...card } = visa;
    expect(checkCard(card, now).kind).toBe('valid');
  });
});

describe('checkCvc', () => {
  test.each([
    ['visa', '123', 'valid'],
    ['american_express', '1234', 'valid'],
    ['american_express', '123', 'cvcInvalid'],
    ['diners_club', '1234', 'cvcInvalid'],
  ])('a saved card of %s and the code %s: %s', (brand, cvc, kind) => {
    expect(checkCvc(cvc, brand).kind).toBe(kind);
  });
});
