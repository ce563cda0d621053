import type { CreatedToken } from '../../core/tokens/create-token.ts';
import type { RefreshedCvc } from '../../core/tokens/refresh-cvc.ts';
import { ProblemError } from '../house/problem-error.ts';

type Refusal = Exclude<CreatedToken, { kind: 'created' }> | Exclude<RefreshedCvc, { kind: 'refreshed' }>;

/** The problem that a caller is told for each refusal; none says more of a card than its sender knows. */
export function refusalProblem(refusal: Refusal): ProblemError {
  switch (refusal.kind) {
    case 'invalidEnvelope':
      return new ProblemError(
        'invalid_envelope',
        'Encrypt the card anew for the key of GET /v1/encryption-key; an envelope is good once and for ten minutes.',
      );
    case 'cardInvalid':
      return new ProblemError(
        'card_invalid',
        'The envelope does not hold what it should.',
        refusal.fields.map((field) => ({ path: field, message: 'is missing or not valid' })),
      );
    case 'numberInvalid':
      return new ProblemError('card_number_invalid', 'The number has a wrong digit, or too many or too few of them.');
    case 'brandUnknown':
      return new ProblemError('card_brand_unknown', 'No brand that we take has such numbers.');
    case 'expired':
      return new ProblemError('card_expired', 'The month on the card is over.');
    case 'cvcInvalid':
      return new ProblemError('cvc_invalid', `The security code of this brand has ${refusal.digits} digits.`);
    case 'tooManyCards':
      return new ProblemError('too_many_cards', 'You saved as many cards of this range as an hour allows. Try later.');
    case 'notFound':
      return tokenNotFound();
  }
}

/** A stranger's token is answered like one that does not exist. */
export function tokenNotFound(): ProblemError {
  return new ProblemError('token_not_found', 'No token of yours has this id.');
}
