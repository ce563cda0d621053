/** What every acquirer has and does. */
export interface Acquirer extends AuthorizesCards {
  /** What the timeline and the logs call it, for example `simulated`. */
  readonly name: string;
}

interface AuthorizesCards {
  /**
   * Asks the cardholder's bank to hold the amount. A decline is an answer, not an error. Never retried inside.
   *
   * @throws AcquirerUnavailable when certainly nothing was sent: nothing is held.
   * @throws AcquirerOutcomeUnknown when the request may have arrived: the amount may be held.
   * @throws AcquirerRequestRefused when the acquirer finds the request itself wrong: a defect on our side.
   */
  authorize(request: AuthorizationRequest): Promise<AuthorizationOutcome>;
}

/** Capability: the acquirer answers what became of a reference. */
export interface LooksUpByReference {
  /** `notFound` is no proof: an authorization under way may still arrive. Only a cancellation closes a reference. */
  lookUp(reference: string): Promise<LookUpOutcome>;
}

/** Capability: the acquirer closes a reference for good. */
export interface CancelsByReference {
  /**
   * Leaves a tombstone: an authorization that arrives later under this reference is refused, and an approved one is
   * reversed. May be called any number of times, and for a reference that the acquirer never heard of.
   *
   * It is also the void: after partial captures it releases the rest and answers `cancelled`; what was captured stands,
   * and only refunds bring that back.
   */
  cancel(reference: string): Promise<CancellationOutcome>;
}

/** What is sent for authorization. It holds a full card number: never log it, never store it. */
export interface AuthorizationRequest {
  /** Ours, unique per attempt, at most 64 printable ASCII characters. */
  readonly reference: string;
  /** Minor units of `currency`, greater than zero. */
  readonly amount: bigint;
  /** ISO 4217. */
  readonly currency: string;
  readonly card: AuthorizationCard;
  /** Who is behind the payment; the authorization's lifetime depends on it (../shared/domain-facts.md, "Cards"). */
  readonly initiator: 'customer';
}

export interface AuthorizationCard {
  /** The full number, 12 to 19 digits. */
  readonly number: string;
  /** 1 to 12. */
  readonly expMonth: number;
  /** Four digits. */
  readonly expYear: number;
  readonly holderName: string;
  /** The security code; a saved card may come without it. */
  readonly cvc?: string;
}

export type AuthorizationOutcome = Approved | Declined;
export type LookUpOutcome = Approved | Declined | Cancelled | NotFound;
export type CancellationOutcome = Cancelled | TooLate;

export interface Approved {
  readonly kind: 'approved';
  /** The issuer's code of the approval. */
  readonly approvalCode: string;
  /** The card network's id of the transaction. */
  readonly networkReference: string;
  /** When the hold lapses, RFC 3339; absent when the acquirer captured at once and nothing is held. */
  readonly expiresAt?: string;
}

export interface Declined {
  readonly kind: 'declined';
  readonly code: DeclineCode;
}

/** The reference is closed: nothing is held under it, and nothing more ever will be. */
export interface Cancelled {
  readonly kind: 'cancelled';
}

/** The acquirer has no record of the reference so far. */
export interface NotFound {
  readonly kind: 'notFound';
}

/** The money has moved and can no longer be reversed, only refunded; the approval stands as told. */
interface TooLate {
  readonly kind: 'tooLate';
  readonly approval: Approved;
}

/** Our stable decline codes. An adapter maps what its acquirer says to these; what it does not know is `do_not_honor`. */
export const declineCodes = [
  'do_not_honor',
  'insufficient_funds',
  'lost_card',
  'stolen_card',
  'expired_card',
  'incorrect_cvc',
  'invalid_number',
  'processing_error',
  'fraud_blocked',
  'authentication_required',
  /** The reference had been cancelled before the authorization arrived. */
  'authorization_cancelled',
] as const;

export type DeclineCode = (typeof declineCodes)[number];

/** Whether the acquirer declares the look-up capability. */
export function looksUpByReference(acquirer: Acquirer): acquirer is Acquirer & LooksUpByReference {
  return 'lookUp' in acquirer && typeof acquirer.lookUp === 'function';
}

/** Whether the acquirer declares the cancellation capability. */
export function cancelsByReference(acquirer: Acquirer): acquirer is Acquirer & CancelsByReference {
  return 'cancel' in acquirer && typeof acquirer.cancel === 'function';
}
