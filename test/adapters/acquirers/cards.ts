import type { AuthorizationCard, AuthorizationRequest, DeclineCode } from '../../../core/payments/acquirer.ts';

/** The test cards of ../shared/domain-facts.md ("Cards") with what becomes of them. */
export const approvedNumbers = [
  '4242424242424242',
  '5555555555554444',
  '378282246310005',
  '6011111111111117',
  '4000056655665556',
  '4000000000000259',
  '4000000000000077',
];

export const declinedNumbers: readonly (readonly [DeclineCode, string])[] = [
  ['do_not_honor', '4000000000000002'],
  ['insufficient_funds', '4000000000009995'],
  ['lost_card', '4000000000009987'],
  ['stolen_card', '4000000000009979'],
  ['expired_card', '4000000000000069'],
  ['incorrect_cvc', '4000000000000127'],
  ['processing_error', '4000000000000119'],
  ['fraud_blocked', '4100000000000019'],
  ['authentication_required', '4000002760003184'],
  ['invalid_number', '4242424242424241'],
];

export const allNumbers = [...approvedNumbers, ...declinedNumbers.map(([, number]) => number)];

export const cvc = '8413';

const card: AuthorizationCard = {
  number: '4242424242424242',
  expMonth: 12,
  expYear: 2040,
  holderName: 'Ada Lovelace',
  cvc,
};

let count = 0;

/** A request for 12.50 EUR under a reference that no other test uses, but for what is given. */
export function aRequest(
  changes: Partial<Omit<AuthorizationRequest, 'card'>> & { readonly card?: Partial<AuthorizationCard> } = {},
): AuthorizationRequest {
  count += 1;
  return {
    reference: `pay_contract.${count}`,
    amount: 1250n,
    currency: 'EUR',
    initiator: 'customer',
    ...changes,
    card: { ...card, ...changes.card },
  };
}
