import cardValidator from 'card-validator';
import type { Card } from './token.ts';

export type CheckedCard =
  /** `brand` in snake case: visa, mastercard, american_express, discover and so on. */
  | { readonly kind: 'valid'; readonly brand: string }
  /** Wrong digits, or too many or too few of them for the brand. */
  | { readonly kind: 'numberInvalid' }
  /** The number may be right, but no brand that we know begins like it. */
  | { readonly kind: 'brandUnknown' }
  | { readonly kind: 'expired' }
  /** `digits`: how many a code of this brand has. */
  | { readonly kind: 'cvcInvalid'; readonly digits: number };

/**
 * Checks what a card's own digits tell (ISO/IEC 7812-1: length, Luhn; the brands' ranges by card-validator), that it
 * has not expired, and the length of its security code.
 */
export function checkCard({ number, expMonth, expYear, cvc }: Card, now: Date): CheckedCard {
  // Of a twelve-digit number BIN and last four digits, which we show, would leave ten candidates.
  if (!/^\d{13,19}$/u.test(number)) return { kind: 'numberInvalid' };
  // Some early UnionPay cards fail Luhn; slips of the finger are far more frequent than these.
  const { card: brand, isValid } = cardValidator.number(number, { luhnValidateUnionPay: true });
  if (!brand) return passesLuhn(number) ? { kind: 'brandUnknown' } : { kind: 'numberInvalid' };
  if (!isValid) return { kind: 'numberInvalid' };
  if (hasExpired(expMonth, expYear, now)) return { kind: 'expired' };
  const digits = brand.code.size;
  if (cvc !== undefined && !isCvcOf(cvc, digits)) return { kind: 'cvcInvalid', digits };
  return { kind: 'valid', brand: brand.type.replaceAll('-', '_') };
}

/** Checks a fresh code for a saved card of this brand, as `checkCard` named it. */
export function checkCvc(
  cvc: string,
  brand: string,
): { readonly kind: 'valid' } | Extract<CheckedCard, { kind: 'cvcInvalid' }> {
  const digits = cardValidator.creditCardType.getTypeInfo(brand.replaceAll('_', '-')).code.size;
  return isCvcOf(cvc, digits) ? { kind: 'valid' } : { kind: 'cvcInvalid', digits };
}

function isCvcOf(cvc: string, digits: number): boolean {
  return cardValidator.cvv(cvc, digits).isValid;
}

/**
 * A card is good until its month ends, and it ends last in the zone UTC-12: noon of the next month's first day, UTC.
 * The issuer knows best; we refuse only what has expired everywhere.
 */
function hasExpired(expMonth: number, expYear: number, now: Date): boolean {
  return now.getTime() >= Date.UTC(expYear, expMonth, 1, 12);
}

/** ISO/IEC 7812-1, annex B: from the right every second digit counts double, its own digits added up. */
function passesLuhn(number: string): boolean {
  let sum = 0;
  for (let index = 0; index < number.length; index += 1) {
    const value = Number(number.charAt(number.length - 1 - index)) * (index % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
