import type { MovementKind } from './movements/movement.ts';
import type { Payment } from './payment.ts';
import { authorizationReference } from './payment.ts';

/** What happened to an attempt, in the words of the workflow. */
export type Outcome =
  | {
      readonly kind: 'approved';
      readonly approvalCode: string;
      readonly networkReference: string;
      readonly expiresAt?: string | undefined;
    }
  /** The gift cards hold all of it, and no card was asked. */
  | { readonly kind: 'held' }
  | { readonly kind: 'declined'; readonly code: string }
  /** Scoring refused it: the acquirer was never asked. */
  | { readonly kind: 'blocked' }
  /** It certainly never reached the acquirer. */
  | { readonly kind: 'notSent'; readonly code: string }
  /** It may have reached the acquirer. */
  | { readonly kind: 'unknown' }
  /** Cancelled by reference after an unknown outcome: whatever arrives later is refused by the acquirer. */
  | { readonly kind: 'cancelled' }
  /** A day after a cancellation the acquirer was told again: no orphaned hold is left. */
  | { readonly kind: 'reversalConfirmed' };

/** What an attempt at the acquirer came to, for the timeline. */
export interface Attempt {
  readonly reference: string;
  /**
   * `dispute`: nothing that we asked for, but what the acquirer told; the reference is then its own. `review`: a person's verdict,
   * under the review's id.
   */
  readonly operation: 'authorization' | MovementKind | 'dispute' | 'review';
  readonly outcome: Outcome['kind'] | 'accepted' | 'refused' | 'notified';
  readonly code?: string;
  readonly approvalCode?: string;
  readonly networkReference?: string;
}

/** What the outcome of an authorization tells of its attempt. */
export function attemptOf(payment: Payment, outcome: Outcome): Attempt {
  const attempt = {
    reference: authorizationReference(payment.id, payment.attempt),
    operation: 'authorization',
  } as const;
  switch (outcome.kind) {
    case 'approved':
      return {
        ...attempt,
        outcome: outcome.kind,
        approvalCode: outcome.approvalCode,
        networkReference: outcome.networkReference,
      };
    case 'declined':
    case 'notSent':
      return { ...attempt, outcome: outcome.kind, code: outcome.code };
    case 'held':
    case 'blocked':
    case 'unknown':
    case 'cancelled':
    case 'reversalConfirmed':
      return { ...attempt, outcome: outcome.kind };
  }
}
