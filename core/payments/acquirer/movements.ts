import type { Acquirer, Cancelled, NotFound } from './authorizations.ts';

/** Capability: an approval only holds the money, and a capture moves it. An acquirer without it captures at once. */
export interface CapturesAuthorizations {
  /**
   * Takes an amount out of what an authorization holds. Several captures may follow each other up to the authorized
   * amount; the final one releases the rest. Never retried inside.
   *
   * @throws AcquirerUnavailable when certainly nothing was sent: nothing has moved.
   * @throws AcquirerOutcomeUnknown when the request may have arrived: the money may have moved.
   * @throws AcquirerRequestRefused when the acquirer finds the request itself wrong, other money under a used reference
   * for example: a defect on our side.
   */
  capture(request: CaptureRequest): Promise<MovementOutcome>;
}

/** Capability: captured money goes back to the card. */
export interface RefundsPayments {
  /**
   * Returns an amount of what was captured. Several refunds may follow each other up to the captured amount, also when
   * the authorization has expired or was voided since. Never retried inside; throws as a capture does.
   */
  refund(request: RefundRequest): Promise<MovementOutcome>;
}

/** Capability: the acquirer answers what became of a capture or refund. */
export interface LooksUpMovements {
  /** `notFound` is no proof: a movement under way may still arrive. Only a cancellation closes a reference. */
  lookUpMovement(reference: string): Promise<MovementLookUpOutcome>;
}

/** Capability: the acquirer closes the reference of a capture or refund for good. */
export interface CancelsMovements {
  /**
   * Undoes the movement while the acquirer has not yet put it to the networks, and else tells what stands: `accepted`
   * when it can no longer be cancelled. Leaves a tombstone where nothing was: a capture or refund that arrives later
   * under this reference is refused `movement_cancelled`. May be called any number of times, and for a reference that
   * the acquirer never heard of.
   *
   * A cancelled capture counts as if it had never been made: its amount may be captured again until the authorization
   * expires, and a final one no longer closes the authorization.
   */
  cancelMovement(reference: string): Promise<MovementCancellationOutcome>;
}

/** What is sent to capture. */
export interface CaptureRequest extends RefundRequest {
  /** Whether this is the last capture: it releases what is then left of the hold. */
  readonly isFinal: boolean;
}

/** What is sent to refund. */
export interface RefundRequest {
  /** Ours, unique per movement, at most 64 printable ASCII characters. */
  readonly reference: string;
  /** The reference under which the payment was authorized. */
  readonly authorizationReference: string;
  /** Minor units of `currency`, greater than zero. */
  readonly amount: bigint;
  /** ISO 4217, that of the authorization. */
  readonly currency: string;
}

export type MovementOutcome = MovementAccepted | MovementRefused;
export type MovementLookUpOutcome = MovementAccepted | MovementRefused | Cancelled | NotFound;
export type MovementCancellationOutcome = MovementAccepted | MovementRefused | Cancelled;

/** The money moves: the acquirer owes it to us (a capture) or to the cardholder (a refund). */
export interface MovementAccepted {
  readonly kind: 'accepted';
  /** The card network's id of the movement. */
  readonly networkReference: string;
}

/** Nothing moved, and nothing ever will under this reference. */
export interface MovementRefused {
  readonly kind: 'refused';
  readonly code: MovementRefusalCode;
}

/** Our stable codes. An adapter maps what its acquirer says to these; what it does not know is `processing_error`. */
export const movementRefusalCodes = [
  'authorization_unknown',
  /** It was declined or voided, or a final capture was made. */
  'authorization_closed',
  'authorization_expired',
  'amount_exceeds_authorized',
  'amount_exceeds_captured',
  'currency_mismatch',
  'processing_error',
  /** The reference had been cancelled, before the movement arrived or after. */
  'movement_cancelled',
] as const;

export type MovementRefusalCode = (typeof movementRefusalCodes)[number];

/** Whether the acquirer declares captures. */
export function capturesAuthorizations(acquirer: Acquirer): acquirer is Acquirer & CapturesAuthorizations {
  return 'capture' in acquirer && typeof acquirer.capture === 'function';
}

/** Whether the acquirer declares refunds. */
export function refundsPayments(acquirer: Acquirer): acquirer is Acquirer & RefundsPayments {
  return 'refund' in acquirer && typeof acquirer.refund === 'function';
}

/** Whether the acquirer declares the look-up of movements. */
export function looksUpMovements(acquirer: Acquirer): acquirer is Acquirer & LooksUpMovements {
  return 'lookUpMovement' in acquirer && typeof acquirer.lookUpMovement === 'function';
}

/** Whether the acquirer declares the cancellation of movements. */
export function cancelsMovements(acquirer: Acquirer): acquirer is Acquirer & CancelsMovements {
  return 'cancelMovement' in acquirer && typeof acquirer.cancelMovement === 'function';
}
