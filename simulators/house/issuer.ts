/**
 * The cardholders' banks behind a simulated acquirer. They know the test cards of ../shared/domain-facts.md ("Cards");
 * every other number that passes the Luhn check is approved.
 */
export interface PresentedCard {
  readonly number: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly cvc?: string | undefined;
}

export type Verdict =
  | 'approved'
  | 'generic_decline'
  | 'insufficient_funds'
  | 'lost_card'
  | 'stolen_card'
  | 'expired_card'
  | 'wrong_cvc'
  | 'processing_error'
  | 'invalid_number'
  | 'fraud'
  | 'authentication_required';

/** What the issuer says at `now` (milliseconds since the epoch), in the order in which issuers check. */
export function judgeCard(card: PresentedCard, now: number): Verdict {
  if (!passesLuhn(card.number)) return 'invalid_number';
  if (hasExpired(card, now)) return 'expired_card';
  // A stored card comes without its code: then there is nothing to find wrong.
  if (card.number === wrongCvcNumber) return card.cvc === undefined ? 'approved' : 'wrong_cvc';
  return declinedNumbers.get(card.number) ?? 'approved';
}

/** Whether the cardholder will dispute what is captured. */
export function disputesLater({ number }: Pick<PresentedCard, 'number'>): boolean {
  return number === '4000000000000259';
}

const wrongCvcNumber = '4000000000000127';

const declinedNumbers: ReadonlyMap<string, Verdict> = new Map([
  ['4000000000000002', 'generic_decline'],
  ['4000000000009995', 'insufficient_funds'],
  ['4000000000009987', 'lost_card'],
  ['4000000000009979', 'stolen_card'],
  ['4000000000000069', 'expired_card'],
  ['4000000000000119', 'processing_error'],
  ['4100000000000019', 'fraud'],
  ['4000002760003184', 'authentication_required'],
]);

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(number: string): boolean {
  let sum = 0;
  for (const [index, digit] of Array.from(number).reverse().entries()) {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** A card is good to the end of its month, taken in UTC. */
function hasExpired({ expMonth, expYear }: PresentedCard, now: number): boolean {
  return now >= Date.UTC(expYear, expMonth, 1);
}
