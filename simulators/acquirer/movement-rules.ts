import type { Authorization } from './authorization-books.ts';
import type { Movement, Totals } from './movement-books.ts';

/** What a capture or refund asks for. */
export interface MovementRequest {
  readonly operation: 'capture' | 'refund';
  readonly reference: string;
  readonly authorizationReference: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  /** For a capture whether it is the last one; false for a refund. */
  readonly isFinal: boolean;
}

type RefusalCode =
  | 'unknown_authorization'
  | 'authorization_closed'
  | 'authorization_expired'
  | 'currency_differs'
  | 'exceeds_authorized'
  | 'exceeds_captured';

/** Why a movement is refused, or undefined when it is accepted. `totals` is what has moved under its authorization. */
export function refusalOf(
  request: MovementRequest,
  authorization: Authorization | undefined,
  totals: Totals,
  now: number,
): RefusalCode | undefined {
  if (!authorization) return 'unknown_authorization';
  if (authorization.currency !== null && authorization.currency !== request.currency) return 'currency_differs';
  switch (request.operation) {
    case 'capture':
      return refusalOfCapture(request, authorization, totals, now);
    case 'refund':
      // An authorization that expired or was cancelled since keeps what was captured before, and that can go back.
      return totals.refunded + totals.disputed + request.amount > totals.captured ? 'exceeds_captured' : undefined;
  }
}

function refusalOfCapture(
  { amount }: MovementRequest,
  { state, amount: authorized, expiresAt }: Authorization,
  { captured, isFinallyCaptured }: Totals,
  now: number,
): RefusalCode | undefined {
  if (state !== 'approved' || isFinallyCaptured) return 'authorization_closed';
  if (expiresAt === null || now >= Date.parse(expiresAt)) return 'authorization_expired';
  return captured + amount > (authorized ?? 0) ? 'exceeds_authorized' : undefined;
}

/**
 * Whether an accepted movement may still be cancelled: movements go to the networks when their day is over, and a
 * capture must go on covering what was refunded and disputed of it.
 */
export function isCancellable(
  { operation, day, amount }: Movement,
  { captured, refunded, disputed }: Totals,
  now: number,
): boolean {
  const remains = operation === 'refund' || captured - (amount ?? 0) >= refunded + disputed;
  return day === dayOf(now) && remains;
}

/** The day by UTC, `2026-11-22`. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}
