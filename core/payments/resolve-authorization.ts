import type { Acquirer, CancelsByReference, LookUpOutcome } from './acquirer.ts';
import { cancelsByReference, looksUpByReference } from './acquirer.ts';
import { authorizationReference } from './payment.ts';
import type { Outcome } from './transition.ts';

export interface AttemptReference {
  readonly paymentId: string;
  readonly attempt: number;
}

/** What a look-up tells; `unknown` is no proof of anything, so that the workflow goes on to cancel. */
export type LookedUp = Extract<Outcome, { kind: 'approved' | 'declined' | 'cancelled' | 'unknown' }>;

/**
 * Asks the acquirer what became of an attempt.
 *
 * An acquirer without look-up, and one that has not heard of the reference, answer `unknown`: the authorization may
 * still be on its way, and only a cancellation closes the reference. Throws the acquirer's errors.
 */
export async function lookUpAuthorization(acquirer: Acquirer, attempt: AttemptReference): Promise<LookedUp> {
  if (!looksUpByReference(acquirer)) return { kind: 'unknown' };
  return toOutcome(await acquirer.lookUp(authorizationReference(attempt.paymentId, attempt.attempt)));
}

function toOutcome(found: LookUpOutcome): LookedUp {
  switch (found.kind) {
    case 'approved':
    case 'declined':
    case 'cancelled':
      return found;
    case 'notFound':
      return { kind: 'unknown' };
  }
}

export const acquirerCannotCancel = 'AcquirerCannotCancel';

/** An acquirer that can neither tell nor cancel leaves an unknown outcome to people. */
export class AcquirerCannotCancel extends Error {
  override readonly name = acquirerCannotCancel;
}

/**
 * Closes an attempt's reference at the acquirer for good: what was approved is reversed, what arrives later is refused.
 *
 * Answers `cancelled`, or `approved` when the money has moved and can only be refunded: then the approval stands.
 * May run any number of times. Throws the acquirer's errors, and AcquirerCannotCancel.
 */
export async function cancelAuthorization(
  acquirer: Acquirer,
  attempt: AttemptReference,
): Promise<Extract<Outcome, { kind: 'approved' | 'cancelled' }>> {
  if (!cancelsByReference(acquirer)) {
    throw new AcquirerCannotCancel(`The acquirer ${acquirer.name} cannot cancel by reference`);
  }
  return cancel(acquirer, attempt);
}

async function cancel(acquirer: CancelsByReference, attempt: AttemptReference) {
  const answer = await acquirer.cancel(authorizationReference(attempt.paymentId, attempt.attempt));
  switch (answer.kind) {
    case 'cancelled':
      return answer;
    case 'tooLate':
      return answer.approval;
  }
}
