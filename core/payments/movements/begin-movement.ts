import type { Principal } from '../../access/principal.ts';
import { deriveId } from '../../ids.ts';
import type { Payment } from '../payment.ts';
import type { MovementStore } from '../ports.ts';
import { mayRead } from '../read-payments.ts';
import { allocateCapture, allocateRefund, allocateRelease } from '../tenders/allocate-movement.ts';
import type { TenderPart } from '../tenders/tender-share.ts';
import type { Movement, MovementKind } from './movement.ts';
import { hasCaptureUnderWay, mostMovementsFor, movementId } from './movement.ts';
import { statusesFor } from './movement-rules.ts';

export interface MovementRequest {
  readonly principal: Principal;
  readonly paymentId: string;
  readonly kind: Exclude<MovementKind, 'expiry'>;
  /** Minor units; all that is left when absent. A void takes all that is left. */
  readonly amount?: bigint | undefined;
  readonly isFinal: boolean;
  readonly reason?: string | undefined;
  readonly idempotencyKey: string;
  /** Unique per API request: it tells a write of our own whose answer was lost from another request's. */
  readonly requestId: string;
}

/** Why nothing was begun, with the numbers in it. */
export type MovementRefusal =
  | { readonly kind: 'paymentUnknown' }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'inFlight' }
  /** The payment's state allows no such movement. */
  | { readonly kind: 'notPossible'; readonly status: Payment['status'] }
  | { readonly kind: 'amountExceeds'; readonly asked: bigint; readonly left: bigint }
  | { readonly kind: 'tooMany'; readonly kindOfMovement: MovementRequest['kind']; readonly most: number }
  /** It would close the authorization, out of which a capture is still being taken. */
  | { readonly kind: 'captureUnderWay' };

export type BegunMovement =
  | { readonly kind: 'begun'; readonly payment: Payment; readonly movement: Movement }
  /** It was begun before by the same request; `movement` says how it stands. */
  | { readonly kind: 'known'; readonly payment: Payment; readonly movement: Movement }
  | MovementRefusal;

/** The longest that API Gateway lets a first request run; until then a second one is told to wait. */
const inFlightMilliseconds = 30_000;
/**
 * A movement of all that is left asks for what it read, and one over several tenders for what it read of each; others may
 * change that in between, but not for ever: fifty at once meet at most where one tender ends and the next begins.
 */
const tries = 20;

/**
 * Writes a movement into its payment as `pending`, before anybody outside is called.
 *
 * Primary course:
 * 1. The movement's id is derived from caller, route, payment and Idempotency-Key, so that a retry finds the first.
 * 2. The payment is the caller's, its state allows the movement, and enough is left.
 * 3. One conditional update takes the amount out of the remainder and keeps the movement, so that racing movements
 *    never take more than there is, whatever their order. Over several tenders it takes out of each one's remainder.
 */
export async function beginMovement(store: MovementStore, request: MovementRequest, now: Date): Promise<BegunMovement> {
  let payment = await store.find(request.paymentId);
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    if (!payment || !mayRead(request.principal, payment)) return { kind: 'paymentUnknown' };
    const decided = decide(payment, request, now);
    if (decided.kind !== 'possible') return decided;
    const written = await store.begin(payment, decided.movement, now);
    if (written.kind === 'begun') return { ...written, movement: decided.movement };
    payment = written.payment;
  }
  return { kind: 'inFlight' };
}

type Decision = Exclude<BegunMovement, { kind: 'begun' }> | { readonly kind: 'possible'; readonly movement: Movement };

function decide(payment: Payment, request: MovementRequest, now: Date): Decision {
  const movement = toMovement(payment, request, now);
  const known = payment.movements[movement.id];
  if (known) return compare(payment, known, movement, now);
  const { kind } = request;
  const isOver = kind === 'capture' && (payment.authorizationExpiresAt ?? '') <= now.toISOString();
  if (isOver || !statusesFor(kind).includes(payment.status)) return { kind: 'notPossible', status: payment.status };
  const left = leftFor(payment, kind);
  if (left === 0n && request.amount === undefined) return { kind: 'notPossible', status: payment.status };
  if (movement.amount > left) return { kind: 'amountExceeds', asked: movement.amount, left };
  const most = mostMovementsFor(kind);
  if (Object.keys(payment.movements).length >= most) return { kind: 'tooMany', kindOfMovement: kind, most };
  const closes = kind === 'void' || (kind === 'capture' && request.isFinal);
  // The acquirer would refuse that capture. None begins unseen after this: it would change what is left.
  if (closes && hasCaptureUnderWay(payment)) return { kind: 'captureUnderWay' };
  return { kind: 'possible', movement };
}

function compare(payment: Payment, known: Movement, asked: Movement, now: Date): Decision {
  if (known.requestHash !== asked.requestHash) return { kind: 'keyReused' };
  const isOwn = known.begunBy === asked.begunBy;
  const runsStill = now.getTime() < Date.parse(known.begunAt) + inFlightMilliseconds;
  if (known.state === 'pending' && !isOwn && runsStill) return { kind: 'inFlight' };
  return { kind: 'known', payment, movement: known };
}

/** What a movement of this kind may take; nothing where chargebacks took more than there was. */
function leftFor({ refundable, capturable }: Payment, kind: MovementKind): bigint {
  if (kind !== 'refund') return capturable;
  return refundable > 0n ? refundable : 0n;
}

function toMovement(payment: Payment, request: MovementRequest, now: Date): Movement {
  const { principal, kind, idempotencyKey, requestId, reason } = request;
  const left = leftFor(payment, kind);
  const amount = kind === 'void' ? left : (request.amount ?? left);
  const takesAll = kind === 'void' || (kind === 'capture' && (request.isFinal || request.amount === undefined));
  const parts = partsFor(payment, kind, amount, takesAll);
  return {
    id: movementId(kind, principal.id, payment.id, idempotencyKey),
    kind,
    amount,
    taken: takesAll && amount <= left ? left : amount,
    ...(parts ? { parts } : {}),
    // The last one closes the authorization, unless others are still being taken out of it.
    isFinal: kind === 'capture' && (request.isFinal || amount === left) && !hasCaptureUnderWay(payment),
    state: 'pending',
    ...(reason === undefined ? {} : { reason }),
    requestHash: deriveId('req_', kind, request.amount?.toString() ?? '', String(request.isFinal), reason ?? ''),
    begunBy: requestId,
    begunAt: now.toISOString(),
  };
}

/** What the movement takes of each tender, where there are several. */
function partsFor(
  { shares }: Payment,
  kind: MovementRequest['kind'],
  amount: bigint,
  takesAll: boolean,
): readonly TenderPart[] | undefined {
  if (!shares) return undefined;
  switch (kind) {
    case 'capture':
      return allocateCapture(shares, amount, takesAll);
    case 'void':
      return allocateRelease(shares);
    case 'refund':
      return allocateRefund(shares, amount);
  }
}
